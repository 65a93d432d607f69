"""What the name of a setting says of its value."""

from __future__ import annotations

import pytest
from enclave_policies.texts.patterns import dotted, is_identity, is_only_secret, is_place, is_words


@pytest.mark.parametrize(
    ("key", "above", "secret"),
    [
        ("password", (), True),
        ("apiKey", (), True),
        ("value", ("tls", "secrets"), True),
        ("value", ("settings",), False),
        ("tokenUrl", (), False),
        ("token_endpoint", (), False),
        ("certificateArn", ("secrets",), False),
        ("region", ("secrets",), False),
        ("size", (), False),
    ],
)
def test_a_sealed_value_is_secret_unless_it_chooses_a_place(key: str, above: tuple[str, ...], secret: bool) -> None:
    assert is_only_secret(key, *above) is secret


@pytest.mark.parametrize(
    ("path", "key", "identity"),
    [
        (("keyless", "identities"), "x", True),
        (("a", "Identities", "0"), "issuer", True),
        (("a",), "subjectRegExp", True),
        (("a", "keyless"), "issuer", True),
        (("a", "Keyless"), "issuerRegExp", True),
        (("keyless", "a"), "issuer", False),
        ((), "issuer", False),
        (("attestations", "0"), "type", True),
        (("attestations", "0"), "Type", True),
        (("attestations", "0"), "url", False),
        (("a",), "type", False),
    ],
)
def test_a_setting_that_says_who_somebody_is_leads_nowhere(path: tuple[str, ...], key: str, identity: bool) -> None:
    assert is_identity(path, key) is identity


@pytest.mark.parametrize(
    ("key", "text", "place"),
    [
        ("x", "us-east-1", True),
        ("x", "US-EAST-1a", True),
        ("x", "use1-az4", True),
        ("x", "us-east-1_AbC", True),
        ("x", "us", False),
        ("region", "US", True),
        ("region", "aws-global", True),
        ("region", "Europe-West1", True),
        ("x", "europe-west1", False),
        ("region", "hamar", False),
        ("MINIO_SITE_REGION", "us-east-1", False),
    ],
)
def test_a_value_names_a_place_by_its_form_or_by_its_key(key: str, text: str, place: bool) -> None:
    assert is_place(key, text) is place


@pytest.mark.parametrize(
    ("key", "words"),
    [
        *(("description", True), ("app.runbook_url", True), ("no_proxy", True), ("$schema", True)),
        *(("blockedHosts", True), ("excluded_regions", True), ("deny", True), ("url", False), ("blocks", False)),
    ],
)
def test_what_people_read_and_what_is_shut_out_opens_no_way(key: str, words: bool) -> None:
    assert is_words(key) is words


def test_dots_of_other_scripts_are_dots() -> None:
    assert dotted("a\u3002b\uff0ec\uff61d-\u00e9") == "a.b.c.d-\u00e9"
    assert dotted("a.b") == "a.b"

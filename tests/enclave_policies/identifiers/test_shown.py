"""What of a value a message may show."""

from __future__ import annotations

import time

import pytest
from enclave_policies.identifiers.shown import HIDDEN, HIDDEN_KEY, LONGEST, shown, shown_key, without_credentials

WEB_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"  # noqa: S105 (no real one)


@pytest.mark.parametrize(
    "value",
    [
        *(
            "eu-west-1",
            "eu-west-1 ",
            "euw1-az1",
            "acme-archive",
            "s3.us-east-1.amazonaws.com",
            "bücher.example",
            "*.net",
        ),
        *("10.0.0.0/8", "::/0", "fe80::1", "[2001:db8::7]:443", "host:5000", "a.net:9092,b.net:9092", "", "evil。net"),
        *("arn:aws:iam::123456789012:role/path/admin", "arn:aws:sts::123456789012:assumed-role/x/me@evil.net"),
        *(
            "system:serviceaccount:ns:app",
            "kubernetes.io/gce-pd",
            "networking.gke.io/l4-regional-external",
            "alias/key",
        ),
        *("https://k8s.hamar.example:6443", "aws:///us-east-1a/i-0abc1234def567890", "api.${REGION}.amazonaws.com"),
    ],
)
def test_names_hosts_addresses_and_arns_are_shown_as_they_are(value: str) -> None:
    assert shown(value) == repr(value)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("https://api.evil.net/v1/items?token=x", "api.evil.net"),
        ("https://user:password@api.evil.net:8443/", "api.evil.net:8443"),
        ("s3://AKIA:ke/y+x@s3.evil.net/bucket", "s3.evil.net"),
        ("s3://acme-archive/key", "acme-archive"),
        ("arn:aws:s3:::acme-archive/key?x=y", "arn:aws:s3:::acme-archive"),
        ("//user:password@evil.net/x", "evil.net"),
        ("user:password@registry.evil.net/app:1", "registry.evil.net"),
        ("hooks.slack.com/services/T0/B0/x1y2z3", "hooks.slack.com"),
        ("mongodb://u:p@a.evil.net:27017,b.evil.net:27017/db", "a.evil.net:27017,b.evil.net:27017"),
        ("jdbc:sqlserver://db.evil.net:1433;user=a;password=b", "db.evil.net:1433"),
        ("dns:///evil.net:443", "evil.net:443"),
        ("jdbc:oracle:thin:scott/tiger@//db.evil.net:1521/orcl", "db.evil.net:1521"),
        ("somebody@evil.net", "evil.net"),
        ("https://api.{{ .Region }}.evil.net/x", "api.{{.Region}}.evil.net"),
    ],
)
def test_of_an_address_the_host_or_the_bucket_is_shown_alone(value: str, told: str) -> None:
    assert shown(value) == repr(told)


@pytest.mark.parametrize(
    "value",
    [
        *("admin:password", "Bearer abcdef", "password=x", "Server=h;Password=x", "AKIAIOSFODNN7EXAMPLE", WEB_TOKEN),
        *("ghp_abcdefgh12345678", "wJalrXUtnFEMI7K7MDENG9bPx", "jdbc:sqlserver://h:1;password=p@ss", "/run/secrets/x"),
        *("https://user:pass", "unix:///var/run/x", "x" * 5000),
    ],
)
def test_what_may_be_a_credential_is_not_shown(value: str) -> None:
    assert shown(value) == HIDDEN


def test_a_value_is_shown_whole_up_to_a_length_and_cut_behind_it() -> None:
    whole = "x" * (LONGEST - 2)
    assert shown(whole) == repr(whole)
    assert shown(f"{whole}y") == f"'{'x' * (LONGEST - 5)}...'"
    assert shown("a\n") == r"'a\n'"


@pytest.mark.parametrize("piece", ["a", "a.", ":", "$", "@", "a:", "{{", "x://", "a,", "a/", "eyJaaaaa.", "\\", "@x"])
def test_a_long_value_is_read_at_once(piece: str) -> None:
    start = time.process_time()
    for value in (piece * 1000, piece * 200_000):
        shown(value)
        without_credentials(value)
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("tls.crt", "tls.crt"),
        ("@@assign", "@@assign"),
        ("service.beta.kubernetes.io/aws-load-balancer-type", "service.beta.kubernetes.io/aws-load-balancer-type"),
        ("https://user:password@registry.evil.net", "registry.evil.net"),
        ("hooks.slack.com/services/T0/B0/x", "hooks.slack.com"),
        ("a text with a password", HIDDEN_KEY),
    ],
)
def test_a_key_is_shown_unless_it_is_somebody_s_data(key: str, told: str) -> None:
    assert shown_key(key) == told


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("points to 'evil.net' (spec.url)", "points to 'evil.net' (spec.url)"),
        ("points to https://u:p@evil.net/x?y=z (spec.url), which", "points to evil.net (spec.url), which"),
        ("(data.auths.https://u:p@evil.net/v1)", "(data.auths.evil.net)"),
        ("runs u:p@evil.net/app", "runs evil.net"),
        ("(copy_actions.@@assign)", "(copy_actions.@@assign)"),
        ("another cloud's storage (gs://)", "another cloud's storage (gs://)"),
        ("a\x1b[2Jb\u202e", r"a\x1b[2Jb\u202e"),
    ],
)
def test_a_sentence_loses_credentials_and_hidden_letters_and_nothing_else(sentence: str, told: str) -> None:
    assert without_credentials(sentence) == told

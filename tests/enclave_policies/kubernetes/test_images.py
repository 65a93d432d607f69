"""Whatever an image reference looks like, only the enclave's own registries serve it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from enclave_policies.identifiers.image_references import split_image
from enclave_policies.kubernetes.images import refused_image
from enclave_policies.law.folder import load_law
from hypothesis import given
from hypothesis import strategies as some

LAW = load_law()
MIRRORED = replace(LAW, mirrors={"docker.io": "registry.hamar.example/docker"})
PREFIXED = replace(LAW, registries=frozenset({"registry.hamar.example/enclave/"}))
PATH = some.from_regex(r"[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,2}(:[a-z0-9][a-z0-9.]{0,4})?", fullmatch=True)
HOST = some.from_regex(r"[a-z0-9]{1,8}(\.[a-z0-9]{1,8}){1,3}(:[0-9]{2,4})?", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "registry", "path"),
    [
        ("nginx", "docker.io", "library/nginx"),
        ("nginx:1.27", "docker.io", "library/nginx:1.27"),
        ("bitnami/redis", "docker.io", "bitnami/redis"),
        ("docker.io/library/nginx", "docker.io", "library/nginx"),
        ("index.docker.io/library/nginx", "docker.io", "library/nginx"),
        ("registry-1.docker.io/a/b", "docker.io", "a/b"),
        ("ghcr.io/a/b@sha256:0f", "ghcr.io", "a/b@sha256:0f"),
        ("localhost/a", "localhost", "a"),
        ("localhost:5000/a", "localhost:5000", "a"),
        ("host:5000/a", "host:5000", "a"),
        ("docker://ghcr.io/a", "ghcr.io", "a"),
        ("GHCR.io/a/b", "ghcr.io", "a/b"),
        ("[2001:db8::1]:5000/a", "[2001:db8::1]:5000", "a"),
    ],
)
def test_the_registry_is_the_one_that_a_container_runtime_would_ask(text: str, registry: str, path: str) -> None:
    assert split_image(text) == (registry, path)


@pytest.mark.parametrize(
    "text", ["", "ghcr.io/", "sha256:" + "0" * 64, "${R}/a", "a b/c", "registry.hamar.example@evil.net/a", "{{ .r }}/a"]
)
def test_what_is_no_reference_names_no_registry_and_is_refused(text: str) -> None:
    refusal = refused_image(text, LAW)
    assert refusal is not None
    assert "whose reference cannot be read" in refusal.words


@pytest.mark.parametrize(
    "text", ["registry.hamar.example/a b", "registry.hamar.example/a\nghcr.io/b", "registry.hamar.example/*", "a:b:c"]
)
def test_a_path_that_no_registry_knows_is_refused(text: str) -> None:
    assert refused_image(text, LAW) is not None


def test_a_registrys_prefix_is_compared_to_its_last_letter() -> None:
    law = replace(LAW, registries=frozenset({"registry.hamar.example/teamX/"}))
    assert refused_image("registry.hamar.example/team/a", law) is not None
    assert refused_image("registry.hamar.example/enclave/a", PREFIXED) is None
    assert refused_image("registry.hamar.example/enclaves/a", PREFIXED) is not None


@given(PATH)
def test_every_image_of_the_own_registry_passes(path: str) -> None:
    assert refused_image(f"registry.hamar.example/{path}", LAW) is None
    assert refused_image(f"registry.hamar.example:443/{path}", LAW) is None
    assert refused_image(f"REGISTRY.Hamar.Example/{path}@sha256:0f", LAW) is None


@given(HOST, PATH)
def test_no_image_of_another_registry_passes(host: str, path: str) -> None:
    for text in (
        f"{host}/{path}",
        path,
        f"{host}/registry.hamar.example/{path}",
        f"registry.hamar.example.{host}/{path}",
    ):
        assert (refused_image(text, LAW) is None) == text.startswith("registry.hamar.example/")


@given(some.text(max_size=40))
def test_whatever_the_text_is_only_the_own_registry_passes(text: str) -> None:
    passes = refused_image(text, LAW) is None
    assert (
        not passes
        or text.lower().partition("://")[2].startswith("registry.hamar.example")
        or (text.lower().startswith("registry.hamar.example"))
    )


def test_a_registry_without_a_path_is_no_reference() -> None:
    assert split_image("ghcr.io/") == (None, "ghcr.io/")


def test_an_address_of_a_transport_is_taken_off_once() -> None:
    assert split_image("docker://docker://a/b") == (None, "docker://docker://a/b")


def test_a_port_other_than_that_of_https_is_another_registry() -> None:
    for text in ("registry.hamar.example:5000/a", "registry.hamar.example:80/a", "registry.hamar.example:4430/a"):
        assert refused_image(text, LAW) is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("111122223333.dkr.ecr.us-east-1.amazonaws.com/a", "a registry in us-east-1"),
        ("999988887777.dkr.ecr.eu-west-1.amazonaws.com/a", "the AWS account 999988887777"),
        ("111122223333.dkr.ecr-fips.us-east-2.amazonaws.com/a", "us-east-2"),
        ("111122223333.dkr-ecr.eu-central-1.on.aws/a", "eu-central-1"),
        ("public.ecr.aws/a/b", "'public.ecr.aws'"),
        ("111122223333.dkr.ecr.eu-west-1.amazonaws.com.evil.net/a", "evil.net"),
    ],
)
def test_a_registry_of_aws_is_own_by_account_and_region(text: str, words: str) -> None:
    refusal = refused_image(text, LAW)
    assert refusal is not None
    assert words in refusal.words
    assert refusal.where is not None


def test_the_own_accounts_registry_in_an_approved_region_passes() -> None:
    for host in ("dkr.ecr.eu-west-1.amazonaws.com", "dkr-ecr.eu-west-1.on.aws", "dkr.ecr-fips.eu-west-1.amazonaws.com"):
        assert refused_image(f"111122223333.{host}/a:1", LAW) is None


def test_a_declared_mirror_covers_its_upstream_alone() -> None:
    for text in ("nginx", "docker.io/library/nginx@sha256:0f", "index.docker.io/a/b"):
        assert refused_image(text, LAW) is not None
        assert refused_image(text, MIRRORED) is None
    assert refused_image("quay.io/a/b", MIRRORED) is not None
    assert refused_image("docker.io.evil.net/a/b", MIRRORED) is not None


def test_a_registry_with_a_path_covers_what_lies_below_it() -> None:
    assert refused_image("registry.hamar.example/enclave/a", PREFIXED) is None
    assert refused_image("registry.hamar.example/enclave2/a", PREFIXED) is not None
    assert refused_image("registry.hamar.example/a", PREFIXED) is not None


def test_a_refusal_tells_the_registry_or_the_region_and_its_country() -> None:
    ghcr = refused_image("ghcr.io/a", LAW)
    assert ghcr is not None
    assert (ghcr.where, ghcr.country) == ("ghcr.io", None)
    abroad = refused_image("111122223333.dkr.ecr.us-east-1.amazonaws.com/a", LAW)
    assert abroad is not None
    assert (abroad.where, abroad.country) == ("us-east-1", "US")

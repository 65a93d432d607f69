"""Faults that a checker of clusters could well have: the cases and samples must notice each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.kubernetes import images, objects, storage, survey
from enclave_policies.law.folder import load_law
from enclave_policies.network.kubernetes import namespaces
from enclave_policies.places import hosts, names
from enclave_policies.rules.jurisdiction import image_registry
from enclave_policies.rules.jurisdiction.kubernetes import (
    admission,
    kubernetes_endpoint,
    kubernetes_exposure,
    network_policy,
    node_placement,
    storage_topology,
)
from enclave_policies.texts import judge, reader

from tests.enclave_policies.kubernetes.test_cases import cases, findings
from tests.enclave_policies.sampling import samples

if TYPE_CHECKING:
    from collections.abc import Callable

FILES = (
    *(
        "image-registry",
        "node-placement",
        "storage-topology",
        "kubernetes-exposure",
        "admission",
        "kubernetes-endpoint",
    ),
    *("network-policy", "namespace-egress", "namespace-segment", "custom-creator", "custom-bucket", "recorded-address"),
)


CACHES = (
    images.refused_image,
    hosts.refused_host,
    names.is_in_cluster,
    reader.claims_in,
    judge.refused,
    judge._judged,
    survey.is_place_label,
)


def noticed() -> bool:
    """Return whether a sample or a case says something else than it should."""
    law = load_law()
    for cache in CACHES:
        cache.cache_clear()
    wrong = any(sample.differences(sample.judged(law)) for file in FILES for sample in samples(file))
    return wrong or any(
        bool(findings(param.values[0], law)) != (file == "refused")
        for file in ("refused", "clean")
        for param in cases(file)
    )


BUGS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "images: the own name anywhere in the reference is enough": (
        image_registry,
        "refused_image",
        lambda text, law: None if "registry.hamar.example" in text else images.refused_image(text, law),
    ),
    "images: a deny-list of known registries": (
        image_registry,
        "refused_image",
        lambda text, law: images.refused_image(text, law) if text.startswith(("ghcr.io", "docker.io")) else None,
    ),
    "hosts: the own zone at the beginning is enough": (
        judge,
        "refused_host",
        lambda host, law, **how: (
            None if host.startswith("hamar.example") else hosts.refused_host.__wrapped__(host, law, **how)
        ),
    ),
    "hosts: every private address is own": (
        kubernetes_exposure,
        "refused_host",
        lambda host, law, **how: None if host.startswith("192.168.") else hosts.refused_host(host, law, **how),
    ),
    "texts: only URLs are read": (
        kubernetes_endpoint,
        "judged",
        lambda claims, law: judge.judged([claim for claim in claims if claim.public], law),
    ),
    "webhooks: https is trusted": (admission, "refusals", lambda *_: ()),
    "nodes: every label counts as the site's": (node_placement, "_foreign", lambda *_: False),
    "storage: drivers of clouds are not known": (storage_topology, "troubles_of_driver", lambda *_, **__: iter(())),
    "storage: a handle that tells nothing passes": (storage, "_tells", lambda *_, **__: True),
    "network policies: blocks are not compared": (network_policy, "_network", lambda *_: iter(())),
    "lists: items are not expanded": (objects, "_objects", lambda *_, **__: iter(())),
    "namespaces: any policy closes its namespace": (namespaces, "_restricts_egress", lambda *_: True),
    "namespaces: a policy for some pods closes all": (namespaces, "_for_every_pod", lambda *_: True),
}


def test_nothing_is_wrong_without_a_bug() -> None:
    assert not noticed()


@pytest.mark.parametrize("bug", BUGS)
def test_each_seeded_bug_is_noticed(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, broken = BUGS[bug]
    monkeypatch.setattr(module, name, broken)
    assert noticed()

"""A kubeconfig that hides settings behind a merge key is refused, wherever the key stands."""

from __future__ import annotations

from typing import Any

import pytest

from located_yaml.kubeconfig import KubeconfigError, read_kubeconfig

CLUSTER = {"name": "k", "cluster": {"server": "https://k8s.hamar.example:6443"}}


@pytest.mark.parametrize(
    "config",
    [
        {"<<": {"current-context": "k"}, "clusters": [CLUSTER]},
        {"clusters": [CLUSTER, {"<<": CLUSTER}]},
        {"clusters": [{"name": "k", "cluster": {"<<": {"server": "x"}}}]},
        {"clusters": [[[{"<<": CLUSTER}]]]},
    ],
)
def test_a_merge_key_is_refused_at_every_depth(config: Any) -> None:
    with pytest.raises(KubeconfigError, match="merge key"):
        read_kubeconfig(config)


def test_a_kubeconfig_without_one_is_read_as_it_is() -> None:
    config = {"clusters": [CLUSTER], "users": [], "current-context": "<<"}
    assert read_kubeconfig(config) == config

"""Which Service of the cluster a host means, by the names that the cluster's resolver knows."""

from __future__ import annotations

from typing import Final

from enclave_policies.places.names import is_in_cluster, spelled

CLUSTER: Final = (".svc.cluster.local", ".svc")


def service_of(host: str, namespace: str | None) -> tuple[str, str] | None:
    """Return (namespace, Service) that a host means in a namespace, None for one that is no Service's.

    ``pod-0.pg.store.svc`` means the Service ``pg`` of ``store``; without a namespace only full names mean one.
    """
    name = spelled(host)
    whole = next((name.removesuffix(ending) for ending in CLUSTER if name.endswith(ending)), None)
    if whole is not None:
        labels = whole.split(".")
        return (labels[-1], labels[-2]) if len(labels) > 1 else None
    labels = name.split(".")
    if namespace is None or not name or not is_in_cluster(name):
        return None
    return (namespace, labels[0]) if len(labels) == 1 else (labels[-1], labels[-2])

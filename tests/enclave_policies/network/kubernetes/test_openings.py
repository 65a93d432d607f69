"""What opens pods past the policies is told with where it leads, and whatever of it is not known opens everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.network.kubernetes import KubernetesNetwork
from enclave_policies.network.networks import AddressSet
from enclave_policies.resources.unknown import UNKNOWN

from tests.enclave_policies.network.kubernetes.objects import namespace, policy, resource

if TYPE_CHECKING:
    from enclave_policies.network.path import Microsegment
    from enclave_policies.resources.resource import Resource

SPACE = namespace("a", {"enclave/site": "hamar", "enclave/segment": "app"})
CLOSED = policy("a", "closed", podSelector={}, policyTypes=["Ingress", "Egress"])
ALL_PORTS = "sctp; tcp; udp"


def zones(*resources: Resource) -> tuple[KubernetesNetwork, dict[str, Microsegment]]:
    network = KubernetesNetwork([SPACE, CLOSED, *resources])
    return network, {each.where.removeprefix("namespace "): each for each in network.zones()}


def deployment(name: str, *ports: Any, **outputs: Any) -> Resource:
    template = {"metadata": {"labels": {"app": "w"}}, "spec": {"containers": [{"name": "c", "ports": list(ports)}]}}
    body = {"metadata": {"name": name, "namespace": "a"}, "spec": {"template": template}}
    return resource("Deployment", name, body, outputs=outputs)


def test_a_service_that_is_not_known_opens_every_port_of_every_pod_of_its_namespace() -> None:
    body = {"metadata": {"name": "s", "namespace": "a"}, "spec": UNKNOWN}
    network, _ = zones(namespace("b"), deployment("w"), resource("Service", "s", body))
    assert {(one.zone.where, str(one.ports), one.because) for one in network.openings()} == {
        (where, ALL_PORTS, "Service a/s is open from outside (what kind it is, is not known)")
        for where in ("namespace a", "namespace a, pods app=w")
    }


def test_what_is_open_past_the_policies_is_told_of_the_addresses_that_ask() -> None:
    network, found = zones(deployment("w", {"containerPort": 80, "hostPort": 80}))
    outside, target = AddressSet.of("203.0.113.0/24"), found["a, pods app=w"]
    (hop,) = network.from_outside(outside, target)
    assert (hop.source, hop.target, str(hop.ports)) == ("203.0.113.0/24", str(target), "tcp 80")
    assert network.from_outside(AddressSet(), target) == []
    lets_out = policy(
        "a", "out", podSelector={}, policyTypes=["Egress"], egress=[{"to": [{"ipBlock": {"cidr": "203.0.113.7/32"}}]}]
    )
    network, found = zones(lets_out, deployment("w"))
    (hop,) = network.to_outside(found["a, pods app=w"], outside)
    assert (hop.source, hop.target) == (str(found["a, pods app=w"]), "203.0.113.7/32")


def test_an_opening_that_is_forgotten_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(KubernetesNetwork, "openings", lambda _: ())
    with pytest.raises(AssertionError):
        test_a_service_that_is_not_known_opens_every_port_of_every_pod_of_its_namespace()

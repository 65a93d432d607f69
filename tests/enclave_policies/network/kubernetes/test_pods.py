"""Pods as workloads' templates tell them; what is not known counts as open."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.kubernetes.objects import objects_of
from enclave_policies.network.kubernetes.pods import Pod, container_port, gathered, imagined, pods_of
from enclave_policies.network.kubernetes.selectors import Labels, Selector
from enclave_policies.network.networks import ANYWHERE, AddressSet
from enclave_policies.network.ports import NOTHING, PortSet
from enclave_policies.resources.resource import UNKNOWN, Resource

WEB = Labels.read({"app": "web"})
ANY_PORT = PortSet.of("tcp").union(PortSet.of("udp")).union(PortSet.of("sctp"))
STANDING = {"status": {"podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}, {"ip": "2001:db8::1"}, UNKNOWN]}}


def tcp(*numbers: int) -> PortSet:
    found = NOTHING
    for number in numbers:
        found = found.union(PortSet.of("tcp", (number, number)))
    return found


def pod(spec: Any, outputs: dict[str, Any] | None = None, kind: str = "v1:Pod", **more: Any) -> Pod | None:
    version, _, name = kind.partition(":")
    body = {"apiVersion": version, "kind": name, "metadata": {"name": "x", "labels": {"app": "web"}}, "spec": spec}
    (found,) = objects_of(Resource("urn", f"kubernetes:core/{kind}", "x", {**body, **more}))
    return pods_of(found, "here", outputs or {})


def deployment(template: Any) -> Pod | None:
    return pod({"template": template}, STANDING, "apps/v1:Deployment")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, Pod("here", WEB, ())),
        ({"hostNetwork": False}, Pod("here", WEB, ())),
        ({"hostNetwork": True}, Pod("here", WEB, (), host_network=True)),
        ({"hostNetwork": UNKNOWN}, Pod("here", WEB, (), host_network=True)),
        (UNKNOWN, Pod("here", WEB, None, host_network=True)),
        ({"containers": [{"ports": [{"name": "web", "containerPort": 80}]}]}, Pod("here", WEB, (("web", tcp(80)),))),
        ({"containers": [{"ports": [{"containerPort": 80}]}]}, Pod("here", WEB, ())),
        ({"initContainers": [{"ports": [{"name": "a", "containerPort": 1}]}]}, Pod("here", WEB, (("a", tcp(1)),))),
        (
            {"containers": [{"ports": [{"name": "a", "containerPort": 1}, {"name": "a", "containerPort": 2}]}]},
            Pod("here", WEB, (("a", tcp(1, 2)),)),
        ),
        (
            {"containers": [{"ports": [{"containerPort": 80, "hostPort": 8080}, {"containerPort": 81}]}]},
            Pod("here", WEB, (), host_ports=tcp(80)),
        ),
        ({"containers": [{"ports": [UNKNOWN]}]}, Pod("here", WEB, None, host_ports=ANY_PORT)),
        ({"containers": [UNKNOWN]}, Pod("here", WEB, None, host_ports=ANY_PORT)),
    ],
)
def test_a_pod_is_what_its_spec_says(spec: Any, expected: Pod) -> None:
    assert pod(spec) == expected


def test_a_pod_that_runs_stands_where_its_status_says_and_the_pods_of_a_workload_anywhere() -> None:
    running = pod({}, STANDING)
    assert running is not None
    assert running.addresses == AddressSet.of("10.0.0.1", "2001:db8::1")
    template = deployment({"metadata": {"labels": {"app": "web"}}, "spec": {}})
    assert template == Pod("here", WEB, ())
    assert template.addresses == ANYWHERE
    listed = Resource(
        "urn",
        "kubernetes:core/v1:List",
        "x",
        {"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Pod", "spec": {}}]},
    )
    (inner,) = [found for one in objects_of(listed) if (found := pods_of(one, "here", STANDING)) is not None]
    assert inner.addresses == ANYWHERE


def test_labels_of_a_template_that_is_not_known_are_not_known() -> None:
    assert deployment(UNKNOWN) == Pod("here", Labels.read(UNKNOWN), None, host_network=True)
    assert pod({}, kind="v1:ConfigMap") is None


@pytest.mark.parametrize(
    ("port", "ports"),
    [
        (UNKNOWN, ANY_PORT),
        ({"containerPort": 80}, tcp(80)),
        ({"containerPort": 80.0, "protocol": "UDP"}, PortSet.of("udp", (80, 80))),
        ({"containerPort": 80.5}, PortSet.of("tcp")),
        ({"containerPort": True}, PortSet.of("tcp")),
        ({"containerPort": 70000}, PortSet.of("tcp")),
        ({"containerPort": UNKNOWN, "protocol": "SCTP"}, PortSet.of("sctp")),
        ({"containerPort": 80, "protocol": UNKNOWN}, ANY_PORT),
    ],
)
def test_a_containers_port_is_one_or_all_of_a_protocol(port: Any, ports: PortSet) -> None:
    assert container_port(port) == ports


def test_pods_that_are_alike_are_one_with_the_ports_and_places_of_all() -> None:
    one = Pod("here", WEB, (("a", tcp(1)), ("b", tcp(2))), False, tcp(8), AddressSet.of("10.0.0.1"))
    other = Pod("here", WEB, (("b", tcp(3)),), False, tcp(9), AddressSet.of("10.0.0.2"))
    both = Pod("here", WEB, (("a", tcp(1)), ("b", tcp(2, 3))), False, tcp(8, 9), AddressSet.of("10.0.0.1", "10.0.0.2"))
    apart = [Pod("there", WEB, ()), Pod("here", Labels.read(None), ()), Pod("here", WEB, (), host_network=True)]
    assert gathered([one, *apart, other]) == [both, *apart]
    (vague,) = gathered([one, Pod("here", WEB, None)])
    assert vague.names is None


def test_anybody_could_make_pods_without_labels_and_with_those_of_any_two_selectors_that_agree() -> None:
    selectors = [Selector.read({"matchLabels": labels}) for labels in ({"a": "1"}, {"a": "2"}, {"b": "1"})]
    told = [str(one.labels) for one in imagined("here", selectors)]
    assert told == ["", "a=1", "a=2", "b=1", "a=1, b=1", "a=2, b=1"]

"""What is asked about the network of a stack is told by what it is said of; what breaks is told, and says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.network import network as network_module
from enclave_policies.network.network import Network, network_of
from enclave_policies.resources.resource import Resource

from tests.enclave_policies.network.kubernetes.objects import pod, resource

if TYPE_CHECKING:
    from collections.abc import Callable

VPC = Resource("vpc", "aws:ec2/vpc:Vpc", "vpc", {"cidrBlock": "10.16.0.0/16"}, outputs={"id": "vpc-1"})
GATEWAY = Resource("igw", "aws:ec2/internetGateway:InternetGateway", "igw", {"vpcId": "vpc-1"}, outputs={"id": "igw-1"})
SUBNET = Resource(
    "subnet",
    "aws:ec2/subnet:Subnet",
    "subnet",
    {"vpcId": "vpc-1", "cidrBlock": "10.16.0.0/24", "tags": {"site": "dublin", "segment": "store"}},
    outputs={"id": "subnet-1"},
)
TUNNEL = Resource(
    "tunnel",
    "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint",
    "tunnel",
    {"subnetId": "subnet-1"},
    outputs={"id": "eice-1"},
)
BACKEND = {"service": {"name": "web", "port": {"number": 443}}}
INGRESS = Resource(
    "ingress",
    "kubernetes:networking.k8s.io/v1:Ingress",
    "ingress",
    {
        "metadata": {"name": "x", "namespace": "app"},
        "spec": {"rules": [{"host": "x.example", "http": {"paths": [{"backend": BACKEND}] * 2}}]},
    },
)
UNNAMED = resource("Namespace", "n", {"metadata": {"labels": {}, "name": {}}})
STACK = (VPC, GATEWAY, SUBNET, TUNNEL, INGRESS, pod("app", "w", {"app": "w"}))


def test_what_is_said_of_a_network_is_told_by_the_urn_that_it_is_said_of() -> None:
    network = network_of(STACK)
    assert {urn: len(found) for urn, found in network.asked.items()} == {"ingress": 2}
    assert {urn: [one.segments for one in found] for urn, found in network.doors.items()} == {
        "tunnel": [(("dublin", "store"),)]
    }
    assert {way.urn for way in network.openings} == {"igw"}
    assert (network.faults, network.undetermined, network.broken, network.misplaced) == ((), (), {}, {})


def test_values_that_nobody_can_read_are_told_with_their_paths() -> None:
    assert network_of([*STACK, UNNAMED]).unreadable == (
        "n (kubernetes:core/v1:Namespace) cannot be read (metadata.name)",
    )


def broken(*_given: object) -> Any:
    raise TypeError("unhashable")


@pytest.mark.parametrize(
    ("model", "said", "faults"),
    [
        (
            "AwsModel",
            lambda network: (network.doors, network.openings),
            [
                "what is not known of AWS",
                "what opens it to the internet and to outsiders",
                "who enters by doors of AWS",
                "what stands where in AWS",
            ],
        ),
        (
            "KubernetesNetwork",
            lambda network: (network.asked, network.broken),
            ["what is not known of the clusters", "what proxies pass on", "what listens in the clusters"],
        ),
    ],
)
def test_of_a_part_that_breaks_nothing_is_said_but_that_it_does(
    model: str, said: Callable[[Network], tuple[object, ...]], faults: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network_module, model, broken)
    network = network_of(STACK)
    assert not any(said(network))
    assert network.faults == tuple(f"{words} cannot be worked out (TypeError)" for words in faults)
    assert network.undetermined == network.faults


def test_a_network_that_says_nothing_of_doors_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(Network, "doors", {})
    with pytest.raises(AssertionError):
        test_what_is_said_of_a_network_is_told_by_the_urn_that_it_is_said_of()

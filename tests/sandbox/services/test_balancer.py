"""The stand-in for the site's balancers gives an address to who names one, as MetalLB does, and to no other."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.services.balancer_stand_in import status_for
from tests.sandbox.services.kube import api, create, eventually, make_namespace

if TYPE_CHECKING:
    from sandbox.layout import Layout

ADDRESS = "10.32.14.10"
SERVICE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "people"},
    "spec": {
        "type": "LoadBalancer",
        "loadBalancerClass": "metallb.io/people",
        "loadBalancerIP": ADDRESS,
        "loadBalancerSourceRanges": ["10.200.0.0/16"],
        "allocateLoadBalancerNodePorts": False,
        "externalTrafficPolicy": "Local",
        "selector": {"app": "front"},
        "ports": [{"port": 443}],
    },
}
GIVEN = {"ingress": [{"ip": ADDRESS, "ipMode": "VIP"}]}


def changed(**spec: Any) -> dict[str, Any]:
    service = copy.deepcopy(SERVICE)
    service["spec"].update(spec)
    return service


def test_who_names_a_class_and_an_address_gets_it() -> None:
    assert status_for(SERVICE) == {"loadBalancer": GIVEN}


@pytest.mark.parametrize(
    "other", [changed(type="ClusterIP"), changed(loadBalancerClass=None), changed(loadBalancerIP="")]
)
def test_others_get_nothing(other: dict[str, Any]) -> None:
    assert status_for(other) is None


def test_who_has_the_address_is_left_alone_and_who_has_another_is_mended() -> None:
    assert status_for({**SERVICE, "status": {"loadBalancer": GIVEN}}) is None
    stale = {"loadBalancer": {"ingress": [{"ip": "10.32.14.11", "ipMode": "VIP"}]}}
    assert status_for({**SERVICE, "status": stale}) == {"loadBalancer": GIVEN}


def test_the_api_server_shows_the_address_soon(running: Layout) -> None:
    make_namespace(running, "balanced")
    status, answer = create(running, "/api/v1/namespaces/balanced/services", SERVICE)
    assert status == 201, answer
    path = "/api/v1/namespaces/balanced/services/people"
    eventually(lambda: api(running).read(path)["status"]["loadBalancer"] == GIVEN, timeout=30)
    assert "nodePort" not in api(running).read(path)["spec"]["ports"][0]
    api(running).request("DELETE", path)

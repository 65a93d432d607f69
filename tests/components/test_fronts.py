"""In front of a gateway in Hamar stand pods behind one declared address, and who may ask is who an entry names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from components.access.bundle import bundle_of
from components.declaration import load_declaration
from components.intent import intent
from components.kubernetes import front
from hosts.gateway.front import front_configuration
from hosts.gateway.starting import FRONT_FILE
from located_yaml import ProblemsError
from tests.components.declarations import changed, local, refused_at_its_place, stacks
from tests.components.shapes import Registered, shape

if TYPE_CHECKING:
    from pathlib import Path

BALANCER = "hamar: {address: 10.32.14.10, class: metallb.io/people}"
NAME = "hamar-employees-front"

BAD = {
    "an unknown site": (BALANCER, BALANCER.replace("hamar:", "oslo:"), "site 'oslo' is not declared; declared:"),
    "a site in AWS": (BALANCER, BALANCER.replace("hamar:", "dublin-1:"), "site 'dublin-1' is in AWS, which makes the"),
    "an address of the internet": ("10.32.14.10", "203.0.113.9", "203.0.113.9 is no address of hamar/ingress"),
    "an address of another segment": ("10.32.14.10", "10.32.48.9", "is no address of hamar/ingress; choose"),
    "the network's own address": ("10.32.14.10", "10.32.0.0", "10.32.0.0 is no address of hamar/ingress"),
    "no address": ("address: 10.32.14.10, ", "", "address"),
    "a class of no form": ("metallb.io/people", "metallb", "'metallb' is not the class of a load balancer"),
    "nobody who may ask": ("    ports: [443]\n    country", "    ports: [8443]\n    country", "no entry leads to"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), BAD.values(), ids=BAD)
def test_a_bad_balancer_is_refused_where_it_stands(tmp_path: Path, old: str, new: str, message: str) -> None:
    refused_at_its_place(changed(tmp_path, (old, new)), message)


def test_two_gateways_share_no_address(tmp_path: Path) -> None:
    text = (stacks / "local.yaml").read_text(encoding="utf-8")
    gateway = text.partition("gateways:\n")[2].partition("\n\n")[0].replace("employees:", "others:", 1)
    file = changed(tmp_path, ("gateways:\n", f"gateways:\n{gateway}\n"))
    with pytest.raises(ProblemsError, match=r"10\.32\.14\.10 is that of gateway 'others' already"):
        load_declaration(file)


def test_a_gateway_without_a_balancer_is_asked_within_the_cluster_as_before(tmp_path: Path) -> None:
    """What was declared before there were balancers still means the same."""
    registered = shape(local(tmp_path, (f"    balancers:\n      {BALANCER}", "")))
    assert not [one.name for one in registered if "front" in one.name]
    services = [one.inputs["spec"]["type"] for one in registered if one.type == "kubernetes:core/v1:Service"]
    assert services == ["ClusterIP"]


def test_the_intent_tells_what_alone_stands_in_front() -> None:
    told = {one["at"]: one for one in intent(load_declaration(stacks / "local.yaml"))["fronts"]}
    assert told["hamar/ingress"]["called"] == "employees"
    assert (told["hamar/ingress"]["address"], told["hamar/ingress"]["class"]) == ("10.32.14.10", "metallb.io/people")
    assert told["hamar/ingress"]["sources"] == ["10.200.0.0/16"]
    assert told["dublin-1/ingress"]["called"] == "dublin-1-employees"
    assert "address" not in told["dublin-1/ingress"]


@pytest.fixture(scope="module")
def registered() -> list[Registered]:
    return shape(load_declaration(stacks / "local.yaml"))


def one_of(registered: list[Registered], kind: str, name: str = NAME) -> dict[str, Any]:
    (found,) = [one.inputs for one in registered if one.type.endswith(f":{kind}") and one.name == name]
    return found


def test_the_balancer_has_its_address_and_opens_no_node_and_hides_nobody(registered: list[Registered]) -> None:
    service = one_of(registered, "Service")
    assert service["metadata"]["namespace"] == "enclave-ingress"
    assert {key: value for key, value in service["spec"].items() if key not in ("selector", "ports")} == {
        "type": "LoadBalancer",
        "loadBalancerClass": "metallb.io/people",
        "loadBalancerIP": "10.32.14.10",
        "loadBalancerSourceRanges": ["10.200.0.0/16"],
        "allocateLoadBalancerNodePorts": False,
        "externalTrafficPolicy": "Local",
    }


def test_the_balancer_leads_to_the_front_and_the_front_to_the_gateway(registered: list[Registered]) -> None:
    selector = one_of(registered, "Service")["spec"]["selector"]
    deployment = one_of(registered, "Deployment")["spec"]
    assert selector.items() <= deployment["template"]["metadata"]["labels"].items()
    gateway = one_of(registered, "StatefulSet", "hamar-employees")["spec"]["template"]["metadata"]["labels"]
    assert not selector.items() <= gateway.items(), "the balancer would lead past the front"
    files = one_of(registered, "ConfigMap", f"{NAME}-configuration")["data"]
    (cluster,) = json.loads(files[FRONT_FILE])["static_resources"]["clusters"]
    address = cluster["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"]["address"]["socket_address"]
    assert address == {"address": "employees.enclave-gateway.svc.cluster.local", "port_value": 443}


def test_the_front_tells_from_where_people_come_and_the_gateway_listens_to_it(tmp_path: Path) -> None:
    told = "envoy.filters.listener.proxy_protocol"
    for declared, heard in (
        (load_declaration(stacks / "local.yaml"), True),
        (local(tmp_path, (f"    balancers:\n      {BALANCER}", "")), False),
    ):
        files = bundle_of(declared, "hamar", "employees", None)
        assert (told in files["envoy.json"]) is heard
        assert (json.loads(files["gateway.json"])["arrival"] == "told") is heard
    (cluster,) = front_configuration(443, "x")["static_resources"]["clusters"]
    assert cluster["transport_socket"]["typed_config"]["config"] == {"version": "V2"}


def test_the_front_runs_the_gateways_image_and_its_pods_can_do_nothing_else(registered: list[Registered]) -> None:
    spec, gateway = (
        one_of(registered, kind, name)["spec"]["template"]["spec"]
        for kind, name in (("Deployment", NAME), ("StatefulSet", "hamar-employees"))
    )
    assert [one["image"] for one in spec["containers"]] == [gateway["containers"][0]["image"]]
    assert spec["containers"][0]["securityContext"] == gateway["containers"][0]["securityContext"]
    assert spec["securityContext"] == gateway["securityContext"]
    assert spec["automountServiceAccountToken"] is False
    assert [volume.keys() - {"name"} for volume in spec["volumes"]] == [{"configMap"}], "it holds no secret"


def test_a_seeded_balancer_that_hides_who_asks_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    right = front.balancer_spec
    monkeypatch.setattr(front, "balancer_spec", lambda *given: {**right(*given), "externalTrafficPolicy": "Cluster"})
    resources = shape(load_declaration(stacks / "local.yaml"))
    with pytest.raises(AssertionError):
        test_the_balancer_has_its_address_and_opens_no_node_and_hides_nobody(resources)

"""A link is read whole, opens its declared pairs at both ends, and nothing else of either site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder import load_law
from enclave_policies.resources.resource import Provider, Resource
from enclave_policies.rules.jurisdiction import JURISDICTION

from components.aws.acl import AclEntry, acl_entries
from components.clouds import Clouds
from components.declaration import AwsSite, load_declaration
from components.intent import intent
from components.site import SitePlan
from located_yaml import ProblemsError
from tests.components import shapes
from tests.components.declarations import changed, local, refused_at_its_place, stacks
from tests.components.shapes import Registered, shape

if TYPE_CHECKING:
    from pathlib import Path

    from components.declaration import Declaration

replication = "{from: [dublin-1/store], to: hamar/store, ports: [5432]}"
store, far_store = "10.16.48.0/20", "10.32.48.0/20"
monitoring, far_monitoring = "10.16.80.0/20", "10.32.80.0/20"
ends = "between: [dublin-1, hamar]"

bad = {
    "an unknown site": (ends, "between: [dublin-1, oslo]", "site 'oslo' is not declared; declared: dublin-1, dublin-2"),
    "the same site twice": (ends, "between: [hamar, hamar]", "'hamar' is linked with itself; name two sites"),
    "one site": (ends, "between: [hamar]", "holds 1; give 2 or more"),
    "two sites in AWS": (ends, "between: [dublin-1, dublin-2]", "both sites are of kind aws; a link joins AWS with"),
    "a site that is planned": (
        "lifecycle: testing",
        "lifecycle: planned",
        "site 'hamar' is planned and has no network",
    ),
    "a basis of no form": ("basis: inside", "basis: Art. 46", "'Art. 46' is not a name"),
    "an unknown end": ("ends_in: ingress", "ends_in: edge", "segment 'edge' is not declared"),
    "an unknown segment": (replication, replication.replace("hamar/store", "hamar/stor"), "segment 'stor' is not"),
    "a path from a third site": (
        replication,
        replication.replace("dublin-1/", "dublin-2/"),
        "site 'dublin-2' is not one of this link's (dublin-1 and hamar)",
    ),
    "a path within one site": (
        replication,
        replication.replace("dublin-1/store", "hamar/app"),
        "'hamar/app' and 'hamar/store' are on one site; that is one of its own 'paths'",
    ),
    "a path without sites": (replication, replication.replace("dublin-1/", ""), "'store' is not SITE/SEGMENT"),
    "a path from where the link ends": (
        replication,
        replication.replace("dublin-1/store", "dublin-1/ingress"),
        "segment 'ingress' is where the link ends",
    ),
    "a reversed range": (replication, replication.replace("5432", '"5432-5000"'), "is reversed; write '5000-5432'"),
    "a port twice": (replication, replication.replace("5432", "5432, 5432"), "5432 overlaps 5432 of the same list"),
    "a device on the internet": (
        "10.250.0.10",
        "8.8.8.8",
        "8.8.8.8 is public address space; the tunnels run over a private circuit",
    ),
    "a device inside a site": ("10.250.0.10", "10.32.0.10", "10.32.0.10 lies in 10.32.0.0/16 of site 'hamar'"),
    "a device among people": ("10.250.0.10", "10.200.0.10", "10.200.0.10 lies in 10.200.0.0/16 of entry 0"),
    "a device in the transit": ("10.250.0.10", "10.250.16.10", "of this link's transit gateway"),
    "a transit inside a site": (
        "10.250.16.0/24",
        "10.17.9.0/24",
        "10.17.9.0/24 overlaps 10.17.0.0/16 of site 'dublin-2'",
    ),
    "a transit on the internet": ("10.250.16.0/24", "8.8.8.0/24", "8.8.8.0/24 is public"),
    "a transit too small": ("10.250.16.0/24", "10.250.16.0/28", "is a /28; AWS takes /24 or wider"),
    "one number for both ends": ("asn: 65010", "asn: 65020", "65020 is the remote device's number too"),
    "a public number": ("asn: 65010", "asn: 3320", "3320 is too small; give 64512 or more"),
    "a circuit in a sandbox": (
        "asn: 65020",
        f"asn: 65020, direct_connect: {'-'.join(['a' * 8, *['b' * 4] * 3, 'c' * 12])}",
        "a sandbox has no circuits",
    ),
    "a way that must be denied": (
        replication,
        replication.replace("dublin-1/store", "dublin-1/app"),
        "links.dublin-1-hamar.paths[0] opens it",
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), bad.values(), ids=bad)
def test_a_bad_link_is_refused_where_it_stands(tmp_path: Path, old: str, new: str, message: str) -> None:
    refused_at_its_place(changed(tmp_path, (old, new)), message)


def test_a_real_link_needs_a_circuit(tmp_path: Path) -> None:
    file = changed(tmp_path, (", direct_connect: 5f294f92-bafb-4011-916d-9b0bdeadbeef", ""), stack="eu-prod")
    with pytest.raises(ProblemsError, match="needs 'direct_connect: UUID'"):
        load_declaration(file)


def test_two_links_between_the_same_sites_are_refused(tmp_path: Path) -> None:
    text = (stacks / "local.yaml").read_text(encoding="utf-8")
    block = (
        re.split(r"(?m)^(?=\S)", text.partition("links:\n")[2])[0]
        .replace("10.250.", "10.251.")
        .replace("dublin-1-hamar", "again")
    )
    with pytest.raises(ProblemsError, match="link 'again' is between dublin-1 and hamar already"):
        local(tmp_path, ("links:\n", f"links:\n{block}"))


def test_every_problem_of_a_link_comes_at_once(tmp_path: Path) -> None:
    file = changed(
        tmp_path, ("10.250.0.10", "8.8.8.8"), ("ends_in: ingress", "ends_in: edge"), ("asn: 65010", "asn: 65020")
    )
    with pytest.raises(ProblemsError) as refused:
        load_declaration(file)
    assert len(str(refused.value).splitlines()) == len({"address", "end", "number"})


def test_the_ways_of_a_link_are_told_with_the_intent() -> None:
    told = intent(load_declaration(stacks / "local.yaml"))
    way = {"from": "dublin-1/store", "to": "hamar/store", "protocol": "tcp", "ports": "5432"}
    assert way in told["ways"]
    assert way in told["mustPermit"]
    assert {"from": "hamar/monitoring", "to": "dublin-1/monitoring", "protocol": "tcp", "ports": "443"} in told["ways"]
    countries = {"between": ["dublin-1", "hamar"], "countries": ["IE", "NO"]}
    assert told["links"] == [{"name": "dublin-1-hamar", **countries, "basis": "inside"}]


@pytest.fixture(scope="module")
def registered() -> list[Registered]:
    return shape(load_declaration(stacks / "local.yaml"))


def named(resources: list[Registered], type_: str, part: str = "") -> dict[str, dict[str, Any]]:
    return {r.name: r.inputs for r in resources if r.type == type_ and part in r.name}


def beyond(resources: list[Registered]) -> set[tuple[str, str]]:
    """Return (route table, destination) of every route that leaves a VPC."""
    tables = named(resources, "aws:ec2/routeTable:RouteTable")
    return {(name, route["cidrBlock"]) for name, table in tables.items() for route in table["routes"]}


def test_only_linked_segments_have_a_route_and_only_to_their_peers(registered: list[Registered]) -> None:
    linked = {("dublin-1-store", far_store), ("dublin-1-monitoring", far_monitoring)}
    assert beyond(registered) == {*linked, ("dublin-1-ingress", "10.200.0.0/16")}


def test_a_transit_gateway_passes_on_what_is_declared_only(registered: list[Registered]) -> None:
    routes = named(registered, "aws:ec2transitgateway/route:Route", "-to-hamar").values()
    vpc, tunnels = "dublin-1-to-hamar-id", "dublin-1-to-hamar-VpnConnection-attachment"
    way = ("transitGatewayRouteTableId", "destinationCidrBlock", "transitGatewayAttachmentId")
    assert {tuple(route[key] for key in way) for route in routes} == {
        *(("dublin-1-to-hamar-out-id", network, tunnels) for network in (far_store, far_monitoring)),
        *(("dublin-1-to-hamar-in-id", network, vpc) for network in (store, monitoring)),
    }
    tables = named(
        registered, "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation", "-to-hamar"
    ).values()
    assert {(one["transitGatewayRouteTableId"], one["transitGatewayAttachmentId"]) for one in tables} == {
        ("dublin-1-to-hamar-out-id", vpc),
        ("dublin-1-to-hamar-in-id", tunnels),
    }
    assert not named(registered, "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation")


def test_nothing_joins_a_transit_gateway_by_itself(registered: list[Registered]) -> None:
    gateways = named(registered, "aws:ec2transitgateway/transitGateway:TransitGateway").values()
    switches = ("autoAcceptSharedAttachments", "defaultRouteTableAssociation", "defaultRouteTablePropagation")
    assert len(gateways) == len(("the other site", "people"))
    assert {gateway[switch] for gateway in gateways for switch in switches} == {"disable"}


@pytest.mark.parametrize(
    ("leads", "networks"),
    [("-to-hamar", ("10.32.0.0/16", "10.16.0.0/16")), ("-from-", ("10.200.0.0/16", "10.16.0.0/16"))],
)
def test_the_tunnels_are_strict_private_and_logged(
    registered: list[Registered], leads: str, networks: tuple[str, str]
) -> None:
    (connection,) = named(registered, "aws:ec2/vpnConnection:VpnConnection", leads).values()
    assert connection["outsideIpAddressType"] == "PrivateIpv4"
    assert connection["presharedKeyStorage"] == "SecretsManager"
    assert connection["staticRoutesOnly"] is True
    assert connection["enableAcceleration"] is False
    assert (connection["localIpv4NetworkCidr"], connection["remoteIpv4NetworkCidr"]) == networks
    for tunnel in ("tunnel1", "tunnel2"):
        assert connection[f"{tunnel}IkeVersions"] == ["ikev2"]
        assert connection[f"{tunnel}DpdTimeoutAction"] == "restart"
        log = connection[f"{tunnel}LogOptions"]["cloudwatchLogOptions"]
        assert log["logEnabled"] is True
        assert log["logGroupArn"].endswith("dublin-1-logs")
        for phase in ("Phase1", "Phase2"):
            assert connection[f"{tunnel}{phase}EncryptionAlgorithms"] == ["AES256-GCM-16"]
            assert set(connection[f"{tunnel}{phase}IntegrityAlgorithms"]) == {"SHA2-384", "SHA2-512"}
            assert {20, 21} == set(connection[f"{tunnel}{phase}DhGroupNumbers"])
            assert connection[f"{tunnel}{phase}LifetimeSeconds"] <= 3600


def test_a_real_link_joins_the_circuit_with_its_own_addresses_only() -> None:
    resources = shape(load_declaration(stacks / "eu-prod.yaml"))
    circuits = named(resources, "aws:directconnect/gatewayAssociation:GatewayAssociation")
    own = {"dublin-1-to-hamar": ["10.250.16.0/24"], "dublin-1-from-10.200.0.0_16": ["10.250.32.0/24"]}
    assert {name: circuit["allowedPrefixes"] for name, circuit in circuits.items()} == own
    for name, connection in named(resources, "aws:ec2/vpnConnection:VpnConnection").items():
        attachment = f"{name}-GatewayAssociation-attachment"
        assert connection["transportTransitGatewayAttachmentId"] == attachment
        joined = [r.name for r in resources if r.inputs.get("transitGatewayAttachmentId") == attachment]
        assert joined == [], "what comes over the circuit unencrypted is routed"


def test_security_groups_open_each_pair_at_the_end_that_the_site_has(registered: list[Registered]) -> None:
    ingress = named(registered, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    egress = named(registered, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    over = {
        name: rule["cidrIpv4"]
        for name, rule in (ingress | egress).items()
        if str(rule.get("cidrIpv4")).startswith("10.32.")
    }
    assert over == {
        "dublin-1-store-to-10.32.48.0_20-tcp-5432": far_store,
        "dublin-1-10.32.80.0_20-to-monitoring-tcp-443": far_monitoring,
    }
    assert "dublin-1-store-to-10.32.48.0_20-tcp-5432" in egress
    assert "dublin-1-10.32.80.0_20-to-monitoring-tcp-443" in ingress


def plan(declaration: Declaration, site: str = "dublin-1") -> SitePlan[AwsSite]:
    declared = declaration.sites[site]
    assert isinstance(declared, AwsSite)
    return SitePlan(site, declared, declaration)


def test_network_acls_let_a_linked_pair_and_its_answers_pass() -> None:
    dublin = plan(load_declaration(stacks / "local.yaml"))
    ingress, egress = acl_entries(dublin, "store")
    assert AclEntry("tcp", far_store, 5432, 5432) in egress
    assert [entry for entry in ingress if entry.peer == far_store] == [AclEntry("tcp", far_store, 1024, 65535)]
    ingress, egress = acl_entries(dublin, "monitoring")
    assert AclEntry("tcp", far_monitoring, 443, 443) in ingress
    assert [entry for entry in egress if entry.peer == far_monitoring] == [AclEntry("tcp", far_monitoring, 1024, 65535)]


def test_where_a_link_ends_its_packets_pass_and_no_others() -> None:
    """The end sees the site's own addresses only: of packets to the transit gateway, and of packets from it."""
    ingress, egress = acl_entries(plan(load_declaration(stacks / "local.yaml")), "ingress")
    linked = (store, monitoring)
    assert [entry for entry in ingress if entry.peer in linked] == [
        AclEntry("tcp", store, 5432, 5432),
        AclEntry("tcp", monitoring, 1024, 65535),
    ]
    assert [entry for entry in egress if entry.peer in linked] == [
        AclEntry("tcp", store, 1024, 65535),
        AclEntry("tcp", monitoring, 443, 443),
    ]
    assert not [entry for entry in (*ingress, *egress) if entry.peer.startswith("10.32.")]


def test_a_network_acl_has_no_more_entries_than_aws_takes() -> None:
    """AWS takes 20 in each direction unless asked for more (Amazon VPC user guide, "Amazon VPC quotas")."""
    dublin = plan(load_declaration(stacks / "local.yaml"))
    for segment in dublin.declaration.segments:
        assert max(map(len, acl_entries(dublin, segment))) <= 20


def test_the_other_site_opens_the_pairs_by_address(registered: list[Registered]) -> None:
    policies = named(registered, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "10.16.")
    assert {name: policy["spec"] for name, policy in policies.items()} == {
        "hamar-store-from-10.16.48.0-20-tcp-5432": {
            "podSelector": {},
            "policyTypes": ["Ingress"],
            "ingress": [{"from": [{"ipBlock": {"cidr": store}}], "ports": [{"protocol": "TCP", "port": 5432}]}],
        },
        "hamar-monitoring-to-10.16.80.0-20-tcp-443": {
            "podSelector": {},
            "policyTypes": ["Egress"],
            "egress": [{"to": [{"ipBlock": {"cidr": monitoring}}], "ports": [{"protocol": "TCP", "port": 443}]}],
        },
    }


def test_a_site_without_a_link_has_nothing_of_one(registered: list[Registered]) -> None:
    assert not [
        r.name for r in registered if r.name.startswith("dublin-2") and ("transit" in r.type or "vpn" in r.type)
    ]


@pytest.mark.parametrize("stack", ["local", "eu-prod"])
def test_the_law_refuses_nothing_of_a_link(monkeypatch: pytest.MonkeyPatch, stack: str) -> None:
    """Judged as AWS itself would be asked: the stand-in's address is for the sandbox's own law."""
    known = shapes.clouds
    monkeypatch.setattr(shapes, "clouds", Clouds(None, known.clusters, known.organization))
    resources = shape(load_declaration(stacks / f"{stack}.yaml"))
    providers = {r.name: Provider(r.name, r.type, r.name, r.inputs) for r in resources if "providers" in r.type}
    judged = [
        Resource(f"{r.type}::{r.name}", r.type, r.name, r.inputs, providers[r.provider.split("::")[-2]], custom=True)
        for r in resources
        if r.type.startswith("aws:")
    ]
    found = judge_stack(judged, load_law(), JURISDICTION)
    assert len([urn for urn in found if "to-hamar" in urn]) > 10
    assert [finding.message for every in found.values() for finding in every if finding.refuses] == []


def test_a_seeded_route_for_every_segment_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: whatever its segment, a way over a link counts as the application's."""
    permissions = SitePlan.link_permissions
    monkeypatch.setattr(
        SitePlan,
        "link_permissions",
        lambda site, link: [one._replace(segment="app") for one in permissions(site, link)],
    )
    resources = shape(load_declaration(stacks / "local.yaml"))
    for promise in (
        test_only_linked_segments_have_a_route_and_only_to_their_peers,
        test_a_transit_gateway_passes_on_what_is_declared_only,
        test_security_groups_open_each_pair_at_the_end_that_the_site_has,
    ):
        with pytest.raises(AssertionError):
            promise(resources)

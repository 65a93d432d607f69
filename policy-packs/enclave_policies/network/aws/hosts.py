"""What stands in subnets and carries security groups: any resource that names both, by a table of property names."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.network.aws import types
from enclave_policies.network.aws.elements import Group, Host, open_group
from enclave_policies.network.aws.values import is_false, is_true, told
from enclave_policies.network.path import UNDETERMINED
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.network.aws.dial_ins import DialIn
    from enclave_policies.network.aws.elements import Subnet
    from enclave_policies.network.aws.groups import Groups
    from enclave_policies.network.aws.references import References
    from enclave_policies.network.aws.vpcs import Vpcs
    from enclave_policies.resources.resource import Resource

_SUBNETS: Final = frozenset(
    {"subnetId", "subnetIds", "subnets", "vpcSubnetIds", "vpcZoneIdentifiers", "clientSubnets", "preferredSubnetId"}
    | {"secondarySubnetId", "stagingAreaSubnetId"}
)
_GROUPS: Final = frozenset(
    {"securityGroupIds", "securityGroups", "vpcSecurityGroupIds", "securityGroupIdLists", "inputSecurityGroups"}
    | {"securityGroupId", "replicationServersSecurityGroupsIds", "clusterSecurityGroupId"}
)
_PUBLIC: Final = frozenset({"associatePublicIpAddress", "publiclyAccessible", "assignPublicIp", "createPublicIp"})
_TEMPLATES: Final = ("launchTemplate", "mixedInstancesPolicy", "launchConfiguration")
_TEMPLATE_NAMES: Final = ("id", "name", "launchTemplateId", "launchTemplateName")
_STRUCTURE: Final = frozenset(
    {
        *(*types.SUBNET, *types.ACLS, types.ACL_ASSOCIATION, *types.TABLES, types.TABLE_ASSOCIATION, types.NAT),
        *(types.TRANSIT_VPC, types.ENDPOINT_SUBNET, types.ENDPOINT_GROUP, *types.TEMPLATES, types.INTERFACE_GROUP),
        *(
            types.GROUP,
            types.DEFAULT_GROUP,
            types.GROUP_RULE,
            types.GROUP_INGRESS,
            types.GROUP_EGRESS,
            types.CLIENT_VPN,
        ),
        *(one for every in types.SUBNET_GROUPS.values() for one in every),
        "aws:ec2/flowLog:FlowLog",
        "aws:ec2/subnetCidrReservation:SubnetCidrReservation",
    }
)
"""Types that name subnets or groups and stand in none."""


@dataclass
class _Found:
    """What a walk over one resource's properties meets."""

    subnets: dict[str, Subnet] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    unknown: bool = False
    public: str | None = None


class Hosts:
    """Every host of a stack; ``unresolved`` tells which of them nobody can place."""

    def __init__(self, references: References, groups: Groups, vpcs: Vpcs, dialled: Mapping[str, DialIn]) -> None:
        self._references = references
        self._dialled = dialled
        self._groups = groups
        self._vpcs = vpcs
        self.unresolved: list[str] = []
        self.all: list[Host] = []
        self._more = self._added()
        self._entrances = self._services()
        self._addressed = self._elastic()
        for resource in references.by_urn.values():
            if resource.type.startswith("aws:") and resource.type not in _STRUCTURE:
                self._read(resource)

    def _read(self, resource: Resource) -> None:
        found = _Found()
        self._walk(resource, resource.props, None, found)
        for below, accepted in types.SUBNET_GROUPS.items():
            if below not in resource.props:
                continue
            for group in self._references.of(resource, below, resource.props[below], accepted).found:
                self._subnets(group, "subnetIds", told(group, "subnetIds"), found)
        for template in self._templates(resource):
            inner = _Found()
            self._walk(template, template.props, None, inner)
            found.groups += inner.groups
            found.public = found.public or inner.public
            if not found.subnets:
                found.subnets.update(inner.subnets)
        self._by_type(resource, found)
        if not found.subnets and not found.unknown:
            return
        if found.unknown:
            homes = {group.vpc for group in found.groups if group.vpc}
            found.subnets |= {urn: one for urn, one in self._vpcs.subnets.items() if one.vpc.key in homes or not homes}
            where = "in a subnet that is not known yet: it counts as in any"
            self.unresolved.append(f"{UNDETERMINED}{resource.name} ({resource.type}) is {where}")
        found.groups += self._more.get(resource.urn, [])
        for home in dict.fromkeys(subnet.vpc for subnet in found.subnets.values()):
            subnets = tuple(subnet for subnet in found.subnets.values() if subnet.vpc is home)
            groups = tuple(dict.fromkeys(found.groups)) or (self._without_groups(resource) or home.default_group,)
            host = Host(resource.name, resource.type, resource.urn, subnets, groups)
            self.all.append(
                replace(host, public=self._public(resource, found), entrance=self._entrances.get(resource.urn))
            )

    def _by_type(self, resource: Resource, found: _Found) -> None:
        """Add what other resources say of an endpoint or of a client VPN's place."""
        if resource.type == types.ENDPOINT:
            placed = self._references.naming(types.ENDPOINT_SUBNET, "vpcEndpointId", (types.ENDPOINT,))
            for one in placed.get(resource.urn, ()):
                self._subnets(one, "subnetId", told(one, "subnetId"), found)
        if resource.type == types.CLIENT_VPN_NETWORK:
            endpoint = self._references.one(resource, "clientVpnEndpointId", (types.CLIENT_VPN,))
            for one in endpoint.found:
                self._walk(one, one.props, None, found)

    def _walk(self, resource: Resource, value: Any, top: str | None, found: _Found) -> None:
        if isinstance(value, list | tuple):
            for item in value:
                self._walk(resource, item, top, found)
        elif isinstance(value, dict):
            for name, item in value.items():
                below = top or name
                if name in _SUBNETS:
                    self._subnets(resource, below, item, found)
                elif name in _GROUPS:
                    reference = self._references.of(resource, below, item, types.GROUPS)
                    found.groups += self._groups.meant(reference, resource.name)
                elif name in _PUBLIC and is_true(item):
                    found.public = f"{name} of {resource.name}"
                if isinstance(item, dict | list | tuple):
                    self._walk(resource, item, below, found)

    def _subnets(self, resource: Resource, below: str, value: Any, found: _Found) -> None:
        reference = self._references.of(resource, below, value, types.SUBNET)
        for one in reference.found:
            if one.urn in self._vpcs.subnets:
                found.subnets[one.urn] = self._vpcs.subnets[one.urn]
        found.unknown |= reference.lacking
        for key in reference.foreign:
            if key.startswith("subnet-"):
                self.unresolved.append(f"{UNDETERMINED}{resource.name} is in {key}, which is not of this stack")

    def _templates(self, resource: Resource) -> Iterator[Resource]:
        for name in _TEMPLATES:
            for value in _named(resource.props[name], _TEMPLATE_NAMES) if name in resource.props else ():
                reference = self._references.of(resource, name, value, types.TEMPLATES)
                yield from reference.found
                for key in reference.foreign or (() if reference.found or reference.absent else ("not known yet",)):
                    self.unresolved.append(
                        f"{UNDETERMINED}{resource.name} starts from template {key}: it counts as open"
                    )
                    yield _open_template(resource, key)

    def _public(self, resource: Resource, found: _Found) -> str | None:
        if resource.type.endswith(":LoadBalancer"):
            facing = is_false(resource.props.get("internal", False)) or resource.props.get("internal") is UNKNOWN
            kept_in = told(resource, "loadBalancerType") == "gateway"
            return f"load balancer {resource.name} faces the internet" if facing and not kept_in else None
        address = resource.outputs.get("publicIp")
        if isinstance(address, str) and address:
            return f"{resource.name} has public address {address}"
        return self._addressed.get(resource.urn) or found.public

    def _without_groups(self, resource: Resource) -> Group | None:
        """Return what stands for no group: load balancers of the network and gateway kinds are then not filtered."""
        kind = told(resource, "loadBalancerType")
        if resource.type.endswith(":LoadBalancer") and (kind in ("network", "gateway") or kind is UNKNOWN):
            return open_group(
                "no group", f"load balancer {resource.name} carries no security group: nothing is filtered"
            )
        if resource.type == types.ENDPOINT and told(resource, "vpcEndpointType") == "GatewayLoadBalancer":
            return open_group("no group", f"endpoint {resource.name} of a gateway load balancer filters nothing")
        return None

    def _added(self) -> dict[str, list[Group]]:
        """Return the groups that resources of their own attach, by the URN of what carries them."""
        found: dict[str, list[Group]] = {}
        for type_, name, accepted in (
            (types.INTERFACE_GROUP, "networkInterfaceId", (types.INTERFACE, types.INSTANCE)),
            (types.ENDPOINT_GROUP, "vpcEndpointId", (types.ENDPOINT,)),
        ):
            for resource in self._references.all(type_):
                carried = self._references.one(resource, "securityGroupId", types.GROUPS)
                for target in self._references.one(resource, name, accepted).found:
                    found.setdefault(target.urn, []).extend(self._groups.meant(carried, target.name))
        return found

    def _services(self) -> dict[str, str]:
        """Return by what outsiders enter a host, by its URN."""
        found: dict[str, str] = {}
        for service in self._references.all(types.ENDPOINT_SERVICE):
            for name in ("networkLoadBalancerArns", "gatewayLoadBalancerArns"):
                for balancer in self._references.one(service, name, types.BALANCERS).found:
                    found[balancer.urn] = f"endpoint service {service.name} leads outsiders to {balancer.name}"
        for network in self._references.all(types.CLIENT_VPN_NETWORK):
            endpoints = self._references.one(network, "clientVpnEndpointId", (types.CLIENT_VPN,)).found
            why = dict.fromkeys(text for one in endpoints for text in self._dialled[one.urn].strange)
            if why or not endpoints:
                reasons = f" ({'; '.join(why)})" if why else ""
                found[network.urn] = f"client VPN network {network.name} leads outsiders in{reasons}"
        return found

    def _elastic(self) -> dict[str, str]:
        """Return the elastic address of each host, by the host's URN."""
        found: dict[str, str] = {}
        for type_, names in (
            (types.EIP, ("instance", "networkInterface")),
            (types.EIP_ASSOCIATION, ("instanceId", "networkInterfaceId")),
        ):
            for resource in self._references.all(type_):
                for name in names:
                    for host in self._references.one(resource, name, (types.INSTANCE, types.INTERFACE)).found:
                        found[host.urn] = f"elastic address {resource.name} of {host.name}"
        return found


def _named(value: Any, names: tuple[str, ...]) -> Iterator[Any]:
    """Yield the values of some names, at any depth; a text or an unknown value stands for itself."""
    if isinstance(value, str) or value is UNKNOWN:
        yield value
    for item in value if isinstance(value, list | tuple) else ():
        yield from _named(item, names)
    if isinstance(value, dict):
        told_names = [name for name in names if value.get(name) not in (None, "")]
        if told_names:
            yield value[told_names[0]]
        for item in value.values():
            if isinstance(item, dict | list):
                yield from _named(
                    [one for one in ([item] if isinstance(item, dict) else item) if isinstance(one, dict)], names
                )


def _open_template(resource: Resource, key: str) -> Resource:
    """Return a template whose groups and addresses are not known."""
    props: Mapping[str, Any] = {"vpcSecurityGroupIds": [UNKNOWN], "associatePublicIpAddress": UNKNOWN}
    return replace(resource, name=f"template {key}", props=props, outputs={})

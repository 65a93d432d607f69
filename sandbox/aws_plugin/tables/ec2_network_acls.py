"""Network ACLs with their inline rules, and the VPC's own ACL."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws_plugin.answers import at
from sandbox.aws_plugin.inputs import COMPUTED_SET, REPLACE, Input
from sandbox.aws_plugin.resource_type import Call, Output, Read, ResourceType, Scope, Update
from sandbox.aws_plugin.tables.ec2_common import TAGGED_WHEN_CREATED, arn, tag_specifications, write_tags

_PROTOCOLS: Final = {"all": "-1", "icmp": "1", "tcp": "6", "udp": "17", "esp": "50", "ah": "51", "icmpv6": "58"}
_WITH_PORTS: Final = ("6", "17")
_ICMP: Final = ("1", "58")
# AWS's own last rule of every ACL: it denies what no other rule matched.
_LAST_RULE: Final = 32767

Rule = Mapping[str, Any]


def _protocol(rule: Rule) -> str:
    """The protocol's number; AWS tells nothing else, whatever a program wrote."""
    name = str(rule["protocol"]).lower()
    return _PROTOCOLS.get(name, name)


def _canonical(rules: list[Rule]) -> list[Any]:
    return sorted((_canonical_rule(rule) for rule in rules), key=lambda rule: rule["RuleNumber"])


def _canonical_rule(rule: Rule) -> dict[str, Any]:
    """A rule as the parameters that make it."""
    protocol = _protocol(rule)
    parameters: dict[str, Any] = {
        "RuleNumber": rule["ruleNo"],
        "Protocol": protocol,
        "RuleAction": str(rule["action"]).lower(),
    }
    if rule.get("cidrBlock"):
        parameters["CidrBlock"] = rule["cidrBlock"]
    if rule.get("ipv6CidrBlock"):
        parameters["Ipv6CidrBlock"] = rule["ipv6CidrBlock"]
    if protocol in _WITH_PORTS:
        parameters["PortRange"] = {"From": rule["fromPort"], "To": rule["toPort"]}
    if protocol in _ICMP:
        parameters["IcmpTypeCode"] = {"Type": rule.get("icmpType") or 0, "Code": rule.get("icmpCode") or 0}
    return parameters


def _rules(*, egress: bool) -> Output:
    key = "egress" if egress else "ingress"

    def output(item: Mapping[str, Any], scope: Scope) -> list[dict[str, Any]]:
        known = {rule["ruleNo"]: rule for rule in scope.get(key) or ()}
        return [
            _rule(entry, known.get(entry["RuleNumber"], {}))
            for entry in item["Entries"]
            if entry["Egress"] is egress and entry["RuleNumber"] < _LAST_RULE
        ]

    return output


def _rule(entry: Mapping[str, Any], known: Rule) -> dict[str, Any]:
    rule = {
        "ruleNo": entry["RuleNumber"],
        "action": entry["RuleAction"],
        "protocol": entry["Protocol"],
        "fromPort": at(entry, "PortRange.From") or 0,
        "toPort": at(entry, "PortRange.To") or 0,
        "cidrBlock": entry.get("CidrBlock", ""),
        "ipv6CidrBlock": entry.get("Ipv6CidrBlock", ""),
        "icmpType": at(entry, "IcmpTypeCode.Type") or 0,
        "icmpCode": at(entry, "IcmpTypeCode.Code") or 0,
    }
    if entry["Protocol"] in _ICMP and "IcmpTypeCode" not in entry:
        # moto forgets the type and code of an ICMP rule: what was asked for is remembered here.
        rule |= {"icmpType": known.get("icmpType") or 0, "icmpCode": known.get("icmpCode") or 0}
    return rule


def _sync_rules(scope: Scope, *, egress: bool) -> None:
    """Make one direction's rules the wanted ones, by their numbers."""
    item = scope.call("describe_network_acls", NetworkAclIds=[scope.id])["NetworkAcls"][0]
    key = "egress" if egress else "ingress"
    known = {rule["ruleNo"]: rule for rule in scope.state.get(key) or ()}
    entries = [e for e in item["Entries"] if e["Egress"] is egress and e["RuleNumber"] < _LAST_RULE]
    live = {e["RuleNumber"]: _canonical_rule(_rule(e, known.get(e["RuleNumber"], {}))) for e in entries}
    wanted = {rule["ruleNo"]: _canonical_rule(rule) for rule in scope.inputs.get(key) or ()}
    for number in live.keys() - wanted.keys():
        scope.call("delete_network_acl_entry", NetworkAclId=scope.id, RuleNumber=number, Egress=egress)
    for number, rule in wanted.items():
        if live.get(number) != rule:
            operation = "replace_network_acl_entry" if number in live else "create_network_acl_entry"
            scope.call(operation, NetworkAclId=scope.id, Egress=egress, **rule)


def _sync_ingress(scope: Scope) -> None:
    _sync_rules(scope, egress=False)


def _sync_egress(scope: Scope) -> None:
    _sync_rules(scope, egress=True)


def _subnet_ids(item: Mapping[str, Any], _scope: Scope) -> list[str]:
    return [association["SubnetId"] for association in item["Associations"]]


def _default_acl(scope: Scope, vpc: str) -> str:
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "default", "Values": ["true"]}]
    return str(at(scope.call("describe_network_acls", Filters=filters), "NetworkAcls[0].NetworkAclId"))


def _move_subnets(scope: Scope, subnets: set[str], acl: str) -> None:
    """Put subnets under an ACL; every subnet always has exactly one."""
    if not subnets:
        return
    filters = [{"Name": "association.subnet-id", "Values": sorted(subnets)}]
    for found in scope.call("describe_network_acls", Filters=filters)["NetworkAcls"]:
        for association in found["Associations"]:
            if association["SubnetId"] in subnets and found["NetworkAclId"] != acl:
                scope.call(
                    "replace_network_acl_association",
                    AssociationId=association["NetworkAclAssociationId"],
                    NetworkAclId=acl,
                )


def _sync_subnets(scope: Scope) -> None:
    wanted, known = set(scope.inputs.get("subnetIds") or ()), set(scope.state.get("subnetIds") or ())
    _move_subnets(scope, wanted - known, scope.id)
    if known - wanted:
        _move_subnets(scope, known - wanted, _default_acl(scope, scope.get("vpcId")))


def _delete(scope: Scope) -> None:
    item = scope.call("describe_network_acls", NetworkAclIds=[scope.id])["NetworkAcls"][0]
    if subnets := set(_subnet_ids(item, scope)):
        _move_subnets(scope, subnets, _default_acl(scope, item["VpcId"]))
    scope.call("delete_network_acl", NetworkAclId=scope.id)


_RULES: Final = Input(unordered=True, computed=True, canonical=_canonical)
_UPDATES: Final = (Update(("ingress",), _sync_ingress), Update(("egress",), _sync_egress))
_READ: Final = Read(
    Call("describe_network_acls", {"NetworkAclIds": ["$id"]}),
    "NetworkAcls[0]",
    # moto names the wrong kind of object in its error.
    ("InvalidNetworkAclID.NotFound", "InvalidRouteTableID.NotFound"),
)
_OUTPUTS: Final[Mapping[str, Output]] = {
    "arn": arn("network-acl"),
    "ingress": _rules(egress=False),
    "egress": _rules(egress=True),
    "subnetIds": _subnet_ids,
}

NETWORK_ACL: Final = ResourceType(
    "aws:ec2/networkAcl:NetworkAcl",
    "ec2",
    inputs={"vpcId": REPLACE, "subnetIds": COMPUTED_SET, "ingress": _RULES, "egress": _RULES},
    create=Call("create_network_acl", {"VpcId": "$vpcId", "TagSpecifications": tag_specifications("network-acl")}),
    identity="NetworkAcl.NetworkAclId",
    read=_READ,
    updates=(*_UPDATES, Update(("subnetIds",), _sync_subnets)),
    delete=_delete,
    outputs=_OUTPUTS,
    tagging=TAGGED_WHEN_CREATED,
)


def _adopt(scope: Scope) -> None:
    """Take over the VPC's own ACL: its allow-all rules are removed."""
    scope = scope.with_id(scope.inputs["defaultNetworkAclId"])
    _sync_ingress(scope)
    _sync_egress(scope)
    _sync_subnets(scope)
    if tags := scope.inputs.get("tagsAll"):
        write_tags(scope, tags)


def _find_default(scope: Scope) -> Any:
    """The VPC's own ACL; moto forgets to delete it together with the VPC, so the VPC must be there."""
    acls = scope.call("describe_network_acls", NetworkAclIds=[scope.id])["NetworkAcls"]
    scope.call("describe_vpcs", VpcIds=[acls[0]["VpcId"]])
    return acls[0]


DEFAULT_NETWORK_ACL: Final = ResourceType(
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
    "ec2",
    # Rules that are not declared must not be there: unlike in another ACL they are not computed.
    inputs={
        "defaultNetworkAclId": REPLACE,
        "subnetIds": COMPUTED_SET,
        "ingress": Input(unordered=True, canonical=_canonical),
        "egress": Input(unordered=True, canonical=_canonical),
    },
    create=_adopt,
    identity="$defaultNetworkAclId",
    read=Read(_find_default, gone=(*_READ.gone, "InvalidVpcID.NotFound")),
    updates=(
        Update(("ingress",), _sync_ingress, at_create=False),
        Update(("egress",), _sync_egress, at_create=False),
        Update(("subnetIds",), _sync_subnets, at_create=False),
    ),
    delete=None,  # the VPC's own: it goes with the VPC
    outputs={**_OUTPUTS, "defaultNetworkAclId": "NetworkAclId"},
    tagging=TAGGED_WHEN_CREATED,
)

RESOURCE_TYPES: Final = (NETWORK_ACL, DEFAULT_NETWORK_ACL)

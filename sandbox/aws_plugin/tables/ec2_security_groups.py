"""Security groups with their inline rules, and the VPC's own group."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from sandbox.aws_plugin.answers import at
from sandbox.aws_plugin.inputs import REPLACE, REPLACE_COMPUTED, Input, default
from sandbox.aws_plugin.resource_type import AutoName, Call, Output, Read, ResourceType, Scope, Update
from sandbox.aws_plugin.tables.ec2_common import TAGGED_WHEN_CREATED, tag_specifications, write_tags

_ALL: Final = "-1"
# The property of a rule with several sources → where AWS lists them, and how one is called there.
_SOURCES: Final = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}


class Grant(NamedTuple):
    """One rule with one source: the smallest thing that AWS grants and revokes."""

    protocol: str
    from_port: int
    to_port: int
    kind: str
    source: str
    description: str

    def permission(self, group: str) -> dict[str, Any]:
        """The parameters that grant or revoke it on `group`."""
        plural, singular = _SOURCES.get(self.kind, ("UserIdGroupPairs", "GroupId"))
        source = {singular: self.source or group}
        if self.description:
            source["Description"] = self.description
        ports = {} if self.protocol == _ALL else {"FromPort": self.from_port, "ToPort": self.to_port}
        return {"IpProtocol": self.protocol, **ports, plural: [source]}


def _grants(rules: list[Mapping[str, Any]]) -> Iterator[Grant]:
    for rule in rules:
        protocol = {"all": _ALL}.get(str(rule["protocol"]).lower(), str(rule["protocol"]).lower())
        first, last = (0, 0) if protocol == _ALL else (rule["fromPort"], rule["toPort"])
        description = rule.get("description") or ""
        for kind in _SOURCES:
            for source in rule.get(kind) or ():
                yield Grant(protocol, first, last, kind, source, description)
        if rule.get("self"):
            yield Grant(protocol, first, last, "self", "", description)


def _canonical(rules: list[Mapping[str, Any]]) -> list[Any]:
    return [list(grant) for grant in sorted(_grants(rules))]


def _rules(permissions_key: str) -> Output:
    def output(item: Mapping[str, Any], scope: Scope) -> list[dict[str, Any]]:
        return [rule for p in item[permissions_key] for rule in _rules_of(p, scope.id)]

    return output


def _rules_of(permission: Mapping[str, Any], group: str) -> Iterator[dict[str, Any]]:
    """One rule for each description among the sources of a permission."""
    by_description: dict[str, dict[str, Any]] = {}
    for kind, (plural, singular) in _SOURCES.items():
        for source in permission.get(plural) or ():
            description = source.get("Description", "")
            rule = by_description.setdefault(
                description,
                {
                    "protocol": permission["IpProtocol"],
                    "fromPort": permission.get("FromPort", 0),
                    "toPort": permission.get("ToPort", 0),
                    "description": description,
                    "self": False,
                },
            )
            if source[singular] == group:
                rule["self"] = True
            else:
                rule.setdefault(kind, []).append(source[singular])
    yield from by_description.values()


def _sync_rules(scope: Scope, direction: str) -> None:
    """Make one direction's rules the wanted ones."""
    key = "IpPermissions" if direction == "ingress" else "IpPermissionsEgress"
    item = scope.call("describe_security_groups", GroupIds=[scope.id])["SecurityGroups"][0]
    live = {grant for permission in item[key] for grant in _grants([*_rules_of(permission, scope.id)])}
    wanted = set(_grants(scope.inputs.get(direction) or []))
    for verb, grants in (("revoke", live - wanted), ("authorize", wanted - live)):
        permissions = [grant.permission(scope.id) for grant in sorted(grants)]
        if permissions:
            scope.call(f"{verb}_security_group_{direction}", GroupId=scope.id, IpPermissions=permissions)


def _sync_ingress(scope: Scope) -> None:
    _sync_rules(scope, "ingress")


def _sync_egress(scope: Scope) -> None:
    _sync_rules(scope, "egress")


def _revoke_allow_all(scope: Scope) -> None:
    """Remove AWS's egress rule to everywhere, which no program declared."""
    everything = Grant(_ALL, 0, 0, "cidrBlocks", "0.0.0.0/0", "").permission(scope.id)
    scope.call("revoke_security_group_egress", GroupId=scope.id, IpPermissions=[everything])


_RULES: Final = Input(unordered=True, computed=True, canonical=_canonical)
_READ: Final = Read(
    Call("describe_security_groups", {"GroupIds": ["$id"]}), "SecurityGroups[0]", ("InvalidGroup.NotFound",)
)
_OUTPUTS: Final[Mapping[str, Output]] = {
    "arn": "SecurityGroupArn",
    "name": "GroupName",
    "ingress": _rules("IpPermissions"),
    "egress": _rules("IpPermissionsEgress"),
}

SECURITY_GROUP: Final = ResourceType(
    "aws:ec2/securityGroup:SecurityGroup",
    "ec2",
    inputs={
        "name": REPLACE,
        "namePrefix": Input(replace=True, computed=True, kept=True),
        "description": default("Managed by Pulumi", replace=True),
        "vpcId": REPLACE_COMPUTED,
        "ingress": _RULES,
        "egress": _RULES,
        "revokeRulesOnDelete": default(False, kept=True),
    },
    create=Call(
        "create_security_group",
        {
            "GroupName": "$name",
            "Description": "$description",
            "VpcId": "$vpcId",
            "TagSpecifications": tag_specifications("security-group"),
        },
    ),
    after_create=_revoke_allow_all,
    identity="GroupId",
    read=_READ,
    updates=(Update(("ingress",), _sync_ingress), Update(("egress",), _sync_egress)),
    delete=Call("delete_security_group", {"GroupId": "$id"}),
    outputs=_OUTPUTS,
    auto_name=AutoName(),
    tagging=TAGGED_WHEN_CREATED,
)


def _default_group(scope: Scope, vpc: str) -> str:
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    return str(at(scope.call("describe_security_groups", Filters=filters), "SecurityGroups[0].GroupId"))


def _adopt(scope: Scope) -> dict[str, str]:
    """Take over the VPC's own group: it keeps only the declared rules."""
    scope = scope.with_id(_default_group(scope, scope.inputs["vpcId"]))
    _sync_ingress(scope)
    _sync_egress(scope)
    if tags := scope.inputs.get("tagsAll"):
        write_tags(scope, tags)
    return {"GroupId": scope.id}


DEFAULT_SECURITY_GROUP: Final = ResourceType(
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "ec2",
    inputs={
        "vpcId": REPLACE_COMPUTED,
        "ingress": _RULES,
        "egress": _RULES,
        "revokeRulesOnDelete": default(False, kept=True),
    },
    create=_adopt,
    identity="GroupId",
    read=_READ,
    updates=(
        Update(("ingress",), _sync_ingress, at_create=False),
        Update(("egress",), _sync_egress, at_create=False),
    ),
    delete=None,  # the VPC's own: it goes with the VPC
    outputs=_OUTPUTS,
    tagging=TAGGED_WHEN_CREATED,
)

RESOURCE_TYPES: Final = (SECURITY_GROUP, DEFAULT_SECURITY_GROUP)

"""Single rules of security groups, each a resource of its own."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.aws_plugin.inputs import PLAIN, REPLACE, Input
from sandbox.aws_plugin.resource_type import Call, Read, ResourceType, Scope, Update
from sandbox.aws_plugin.tables.ec2_common import TAGGED_WHEN_CREATED, tag_specifications

_ALL: Final = "-1"
# The property of the source → where a permission lists it, and how it is called there.
_SOURCES: Final = {
    "cidrIpv4": ("IpRanges", "CidrIp"),
    "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListId": ("PrefixListIds", "PrefixListId"),
    "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
}


def _port(name: str) -> Callable[[Scope], Any]:
    """A port, which AWS does not take together with all protocols."""
    return lambda scope: None if scope.inputs["ipProtocol"] == _ALL else scope.inputs.get(name)


def _permissions(scope: Scope) -> list[dict[str, Any]]:
    permission = scope.fill({"IpProtocol": "$ipProtocol", "FromPort": _port("fromPort"), "ToPort": _port("toPort")})
    for key, (plural, singular) in _SOURCES.items():
        if source := scope.inputs.get(key):
            permission[plural] = [scope.fill({singular: source, "Description": "$description"})]
    return [permission]


def _description(item: Mapping[str, Any], scope: Scope) -> Any:
    if "Description" not in item and ("ReferencedGroupInfo" in item or "PrefixListId" in item):
        # moto tells no description of a rule whose source is a group or a prefix list: remembered here.
        return scope.get("description")
    return item.get("Description")


def _output_port(name: str) -> Callable[[Mapping[str, Any], Scope], Any]:
    return lambda item, _scope: None if item["IpProtocol"] == _ALL else item.get(name)


def _arn(_item: Mapping[str, Any], scope: Scope) -> str:
    return f"arn:aws:ec2:{scope.region}:{scope.account}:security-group-rule/{scope.id}"


def _rule(direction: str) -> ResourceType:
    name = f"securityGroup{direction.capitalize()}Rule"
    return ResourceType(
        f"aws:vpc/{name}:{name[0].upper()}{name[1:]}",
        "ec2",
        inputs={
            "securityGroupId": REPLACE,
            "ipProtocol": Input(canonical=lambda p: {"all": _ALL, "6": "tcp", "17": "udp"}.get(p.lower(), p.lower())),
            "fromPort": PLAIN,
            "toPort": PLAIN,
            "cidrIpv4": PLAIN,
            "cidrIpv6": PLAIN,
            "prefixListId": PLAIN,
            "referencedSecurityGroupId": PLAIN,
            "description": PLAIN,
        },
        create=Call(
            f"authorize_security_group_{direction}",
            {
                "GroupId": "$securityGroupId",
                "IpPermissions": _permissions,
                "TagSpecifications": tag_specifications("security-group-rule"),
            },
        ),
        identity="SecurityGroupRules[0].SecurityGroupRuleId",
        read=Read(
            Call("describe_security_group_rules", {"SecurityGroupRuleIds": ["$id"]}),
            "SecurityGroupRules[0]",
            ("InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound", "InvalidGroup.NotFound"),
        ),
        updates=(
            Update(
                (
                    "ipProtocol",
                    "fromPort",
                    "toPort",
                    "cidrIpv4",
                    "cidrIpv6",
                    "prefixListId",
                    "referencedSecurityGroupId",
                    "description",
                ),
                Call(
                    "modify_security_group_rules",
                    {
                        "GroupId": "$securityGroupId",
                        "SecurityGroupRules": [{"SecurityGroupRuleId": "$id", "SecurityGroupRule": _modified}],
                    },
                ),
                at_create=False,
            ),
        ),
        delete=Call(
            f"revoke_security_group_{direction}",
            {"GroupId": "$securityGroupId", "SecurityGroupRuleIds": ["$id"]},
        ),
        outputs={
            "arn": _arn,
            "securityGroupRuleId": "SecurityGroupRuleId",
            "securityGroupId": "GroupId",
            "referencedSecurityGroupId": "ReferencedGroupInfo.GroupId",
            "description": _description,
            "fromPort": _output_port("FromPort"),
            "toPort": _output_port("ToPort"),
        },
        tagging=TAGGED_WHEN_CREATED,
    )


def _modified(scope: Scope) -> dict[str, Any]:
    """The whole rule as it shall be; only wanted inputs count, so that a removed field is really removed."""
    inputs = scope.inputs
    rule = {
        "IpProtocol": inputs["ipProtocol"],
        "FromPort": _port("fromPort")(scope),
        "ToPort": _port("toPort")(scope),
        "CidrIpv4": inputs.get("cidrIpv4"),
        "CidrIpv6": inputs.get("cidrIpv6"),
        "PrefixListId": inputs.get("prefixListId"),
        "ReferencedGroupId": inputs.get("referencedSecurityGroupId"),
        "Description": inputs.get("description") or "",
    }
    return {key: value for key, value in rule.items() if value is not None}


RESOURCE_TYPES: Final = (_rule("ingress"), _rule("egress"))

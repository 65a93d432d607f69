"""Launch templates: a template keeps every version of its data."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws_plugin.answers import at, tag_list, tag_map
from sandbox.aws_plugin.inputs import PLAIN, REPLACE, SET, Input, default
from sandbox.aws_plugin.resource_type import AutoName, Call, Output, Read, ResourceType, Scope, Tagging, Update
from sandbox.aws_plugin.tables.ec2_common import remove_tags, tag_specifications, write_tags
from sandbox.aws_plugin.values import to_aws

# The inputs that make up a version → AWS's name where it is not the property's own.
_DATA: Final = {
    "blockDeviceMappings": "BlockDeviceMappings",
    "disableApiStop": "DisableApiStop",
    "disableApiTermination": "DisableApiTermination",
    "ebsOptimized": "EbsOptimized",
    "iamInstanceProfile": "IamInstanceProfile",
    "imageId": "ImageId",
    "instanceInitiatedShutdownBehavior": "InstanceInitiatedShutdownBehavior",
    "instanceType": "InstanceType",
    "keyName": "KeyName",
    "metadataOptions": "MetadataOptions",
    "monitoring": "Monitoring",
    "networkInterfaces": "NetworkInterfaces",
    "tagSpecifications": "TagSpecifications",
    "userData": "UserData",
    "vpcSecurityGroupIds": "SecurityGroupIds",
}
_VERSIONED: Final = (*_DATA, "description")
# Texts in the SDK ("true", "false", or absent), booleans in AWS's API.
_BOOLEAN_TEXTS: Final = frozenset(
    {
        "AssociateCarrierIpAddress",
        "AssociatePublicIpAddress",
        "DeleteOnTermination",
        "EbsOptimized",
        "Encrypted",
        "PrimaryIpv6",
    }
)


def _data(scope: Scope) -> dict[str, Any]:
    wanted = {
        parameter: to_aws(scope.inputs[key]) for key, parameter in _DATA.items() if scope.inputs.get(key) is not None
    }
    data: dict[str, Any] = _booleans(wanted)
    for interface in data.get("NetworkInterfaces", ()):
        if "SecurityGroups" in interface:
            interface["Groups"] = interface.pop("SecurityGroups")
    for specification in data.get("TagSpecifications", ()):
        specification["Tags"] = tag_list(_tags_asked(scope, specification["ResourceType"]))
    return data


def _tags_asked(scope: Scope, kind: str) -> Mapping[str, str]:
    """Tags as they were written: their keys are data, and never renamed."""
    return next(s.get("tags") or {} for s in scope.inputs["tagSpecifications"] if s["resourceType"] == kind)


def _booleans(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            k: v == "true" if k in _BOOLEAN_TEXTS and isinstance(v, str) else _booleans(v) for k, v in value.items()
        }
    return [_booleans(item) for item in value] if isinstance(value, list) else value


def _find(scope: Scope) -> Any:
    """The template together with its latest version's data, which is what a program describes."""
    templates = scope.call("describe_launch_templates", LaunchTemplateIds=[scope.id])["LaunchTemplates"]
    if not templates:
        return None
    versions = scope.call("describe_launch_template_versions", LaunchTemplateId=scope.id, Versions=["$Latest"])
    return {**templates[0], "Latest": versions["LaunchTemplateVersions"][0]}


def _network_interfaces(item: Mapping[str, Any], _scope: Scope) -> list[dict[str, Any]]:
    interfaces = at(item, "Latest.LaunchTemplateData.NetworkInterfaces") or []
    return [{**interface, "SecurityGroups": interface.get("Groups", [])} for interface in interfaces]


def _tag_specifications(item: Mapping[str, Any], _scope: Scope) -> list[dict[str, Any]]:
    """What instances are tagged with; moto lists the template's own tags here, too."""
    return [
        {"ResourceType": specification["ResourceType"], "Tags": tag_map(specification["Tags"])}
        for specification in at(item, "Latest.LaunchTemplateData.TagSpecifications") or []
        if specification["ResourceType"] != "launch-template"
    ]


def _new_version(scope: Scope) -> None:
    scope.call(
        "create_launch_template_version",
        LaunchTemplateId=scope.id,
        LaunchTemplateData=_data(scope),
        VersionDescription=scope.inputs.get("description"),
    )


def _set_default(scope: Scope) -> None:
    template = scope.call("describe_launch_templates", LaunchTemplateIds=[scope.id])["LaunchTemplates"][0]
    wanted = template["LatestVersionNumber"] if scope.inputs.get("updateDefaultVersion") else None
    wanted = wanted or scope.inputs.get("defaultVersion")
    if wanted and wanted != template["DefaultVersionNumber"]:
        scope.call("modify_launch_template", LaunchTemplateId=scope.id, DefaultVersion=str(wanted))


def _read_tags(_item: Mapping[str, Any], scope: Scope) -> Mapping[str, str]:
    # moto shows a template with the tags that it was created with, whatever has become of them.
    filters = [{"Name": "resource-id", "Values": [scope.id]}]
    return tag_map(scope.call("describe_tags", Filters=filters)["Tags"])


_SPECS: Final = {"vpcSecurityGroupIds": SET, "iamInstanceProfile": PLAIN, "metadataOptions": Input(computed=True)}
_OUTPUTS: Final[Mapping[str, Output]] = {
    key: f"Latest.LaunchTemplateData.{parameter}" for key, parameter in _DATA.items()
}

LAUNCH_TEMPLATE: Final = ResourceType(
    "aws:ec2/launchTemplate:LaunchTemplate",
    "ec2",
    inputs={
        "name": REPLACE,
        "namePrefix": Input(replace=True, computed=True, kept=True),
        "description": PLAIN,
        "defaultVersion": Input(computed=True),
        "updateDefaultVersion": default(False, kept=True),
        **{key: _SPECS.get(key, PLAIN) for key in _DATA},
    },
    create=Call(
        "create_launch_template",
        {
            "LaunchTemplateName": "$name",
            "VersionDescription": "$description",
            "LaunchTemplateData": _data,
            "TagSpecifications": tag_specifications("launch-template"),
        },
    ),
    identity="LaunchTemplate.LaunchTemplateId",
    read=Read(_find, gone=("InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateId.NotFoundException")),
    updates=(
        Update(_VERSIONED, _new_version, at_create=False),
        Update((*_VERSIONED, "defaultVersion", "updateDefaultVersion"), _set_default, at_create=False),
    ),
    delete=Call("delete_launch_template", {"LaunchTemplateId": "$id"}),
    outputs={
        **_OUTPUTS,
        "name": "LaunchTemplateName",
        "description": "Latest.VersionDescription",
        "defaultVersion": "DefaultVersionNumber",
        "latestVersion": "LatestVersionNumber",
        "networkInterfaces": _network_interfaces,
        "tagSpecifications": _tag_specifications,
        "arn": lambda _item, scope: f"arn:aws:ec2:{scope.region}:{scope.account}:launch-template/{scope.id}",
    },
    auto_name=AutoName(longest=128),
    tagging=Tagging(_read_tags, write_tags, remove_tags, at_create=False),
    moves={"latestVersion": _VERSIONED, "defaultVersion": (*_VERSIONED, "updateDefaultVersion")},
)

RESOURCE_TYPES: Final = (LAUNCH_TEMPLATE,)

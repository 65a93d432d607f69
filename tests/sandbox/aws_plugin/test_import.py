"""What exists already can be taken over by its id."""

from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.aws_plugin.diff import spec_of
from sandbox.aws_plugin.equivalence import equivalent
from sandbox.aws_plugin.import_id import ImportId
from sandbox.aws_plugin.registry import RESOURCE_TYPES
from sandbox.aws_plugin.wire import decode
from tests.sandbox.aws_plugin.direct import Plugin
from tests.sandbox.aws_plugin.local_aws import LocalAws
from tests.sandbox.aws_plugin.story import IMPORTED, Story

TYPES = sorted(RESOURCE_TYPES)

# What moto does not keep, so that an import can't know it: the type and code of an ICMP rule; what is replicated.
MOTO_FORGETS = {
    "aws:ec2/networkAcl:NetworkAcl": {"ingress"},
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": {"rules"},
}

pytestmark = pytest.mark.xdist_group("aws-story")


def test_everything_is_imported(story: Story) -> None:
    assert story.imported.code == 0, story.imported.output
    assert len(story.imported_state) == len(story.first_state)


@pytest.mark.parametrize("token", TYPES)
def test_an_imported_resource_has_the_id_and_properties_of_the_created_one(story: Story, token: str) -> None:
    created = {r["urn"].rpartition("::")[2]: r for r in story.first_state if r["type"] == token}
    imported = {r["urn"].rpartition("::")[2]: r for r in story.imported_state if r["type"] == token}
    assert imported.keys() == {IMPORTED + name for name in created}
    for name, resource in created.items():
        copy = imported[IMPORTED + name]
        assert copy["id"] == resource["id"]
        assert _differences(token, resource["outputs"], copy["outputs"]) == MOTO_FORGETS.get(token, set())


def _differences(token: str, outputs: dict[str, Any], copied: dict[str, Any]) -> set[str]:
    """Properties that an import reads otherwise; what no API tells (`kept`) can't be imported."""
    resource = RESOURCE_TYPES[token]
    return {
        key
        for key, value in outputs.items()
        if not spec_of(resource, key).kept and not equivalent(value, copied.get(key), spec_of(resource, key))
    }


@pytest.mark.parametrize("token", TYPES)
def test_an_import_of_something_that_is_not_there_finds_nothing(plugin: Plugin, moto: LocalAws, token: str) -> None:
    plugin.configure(moto.url)
    absent = {
        "aws:iam/rolePolicy:RolePolicy": "no-role:no-policy",
        "aws:ec2/routeTableAssociation:RouteTableAssociation": "subnet-0123456789abcdef0/rtb-0123456789abcdef0",
        "aws:organizations/policyAttachment:PolicyAttachment": "r-abcd:p-0123abcd",
    }
    identity = absent.get(token, _ABSENT.get(token.split(":")[1].split("/", maxsplit=1)[0], "not-there"))
    answer = plugin.stub.Read(provider_pb2.ReadRequest(id=identity, urn=plugin.urn(token)))
    assert answer.id == ""


OF_PARTS = [(token, form) for token, row in sorted(RESOURCE_TYPES.items()) if (form := row.import_id)]


@pytest.mark.parametrize(("token", "form"), OF_PARTS)
def test_an_import_id_that_lacks_a_part_finds_nothing(
    plugin: Plugin, moto: LocalAws, token: str, form: ImportId
) -> None:
    plugin.configure(moto.url)
    for identity in ("not-there", form.separator, f"not-there{form.separator}", f"{form.separator}not-there"):
        answer = plugin.stub.Read(provider_pb2.ReadRequest(id=identity, urn=plugin.urn(token)))
        assert (answer.id, len(answer.properties)) == ("", 0), identity


def test_the_last_part_of_an_import_id_takes_what_is_left() -> None:
    form = ImportId("/", ("bucket", "key"))
    assert form.parts("records/2026/11/one.jsonl") == {"bucket": "records", "key": "2026/11/one.jsonl"}
    assert form.parts("records") is None


_ABSENT = {
    "cloudtrail": "arn:aws:cloudtrail:eu-west-1:111122223333:trail/not-there",
    "organizations": "p-0123abcd",
    "kms": "12345678-1234-1234-1234-123456789012",
    "lb": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:not/there/0123456789abcdef",
}


def test_an_id_with_a_region_is_looked_up_there(plugin: Plugin, moto: LocalAws) -> None:
    plugin.configure(moto.url)
    frankfurt = moto.client("ec2", "eu-central-1")
    vpc = frankfurt.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    request = provider_pb2.ReadRequest(id=f"{vpc}@eu-central-1", urn=plugin.urn("aws:ec2/vpc:Vpc"))
    answer = plugin.stub.Read(request)
    frankfurt.delete_vpc(VpcId=vpc)
    properties, _ = decode(answer.properties)
    inputs, _ = decode(answer.inputs)
    assert (answer.id, properties["region"], inputs["region"]) == (vpc, "eu-central-1", "eu-central-1")

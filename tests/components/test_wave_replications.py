"""A wave that S3 brings in is declared from one bucket into a site's store; each site builds its own half of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from components.declaration import load_declaration
from tests.components.declarations import changed, refused_at_its_place
from tests.components.shapes import shape

if TYPE_CHECKING:
    from pathlib import Path

    from tests.components.shapes import Registered

DECLARED = "    replication: {role: home-wave-home}"
BUCKETS = "{home-us-exit-store-111122223333: home-dublin-1-store-111122223333}"
ROLE = "arn:aws:iam::111122223333:role/home-wave-home"
WRONG = {
    "a bucket that is not the store": (
        "home-dublin-1-store-111122223333}",
        "people-in}",
        "fills one bucket, the store",
    ),
    "no buckets": (BUCKETS, "{}", "fills one bucket, the store of site 'dublin-1'"),
    "a role by its ARN": ("role: home-wave-home", "role: 'arn:aws:iam::111122223333:role/x'", "the name of a role"),
    "a role of the site itself": (
        "role: home-wave-home",
        "role: home-us-exit-flow-logs",
        "'home-us-exit-flow-logs' is the role of something that is built",
    ),
    "a role that uses a key": (
        "role: home-wave-home",
        "role: enclave-store",
        "'enclave-store' is the role that a policy of key 'store' names",
    ),
    "workers, too": (
        DECLARED,
        f"""{DECLARED}
    job: {{image: "registry.enclave.example/wave@sha256:{"7" * 64}", segment: store, journal: told,
          source: {{host: b.vpce-0a.s3.us-east-1.vpce.amazonaws.com, address: 10.240.9.10}},
          storage: {{host: s3.hamar.example, address: 10.240.9.11}}}}""",
        "workers on the site bring this wave in ('job'); remove one of them",
    ),
    "one role for two waves": (
        DECLARED,
        f"""{DECLARED}
  more:
    from: us-exit
    to: dublin-1
    classes: [restricted]
    delete_by: 2027-08-31
    buckets: {{people: home-dublin-1-store-111122223333}}
{DECLARED}""",
        "'home-wave-home' is the role of wave 'home'",
    ),
    "a site of our own": (
        '    kind: aws\n    country: IE\n    region: eu-west-1\n    account: "111122223333"\n    zones: [a, b]\n',
        "    kind: kubernetes\n    country: IE\n    buildings: 1\n",
        "site 'dublin-1' is not in AWS, and S3 replicates nothing there",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_each_mistake_in_a_replication_is_refused_at_its_line(mistake: str, tmp_path: Path) -> None:
    old, new, told = WRONG[mistake]
    refused_at_its_place(changed(tmp_path, (old, new), stack="transition"), told)


def registered(folder: Path, *changes: tuple[str, str]) -> list[Registered]:
    return shape(load_declaration(changed(folder, *changes, stack="transition")))


def of(made: list[Registered], kind: str) -> list[Registered]:
    return [one for one in made if one.type.endswith(f":{kind}")]


def lets(made: list[Registered], kind: str, name: str, who: str) -> list[Any]:
    """Return the actions that a policy lets a role do."""
    (policy,) = (one.inputs["policy"] for one in of(made, kind) if one.name == name)
    return [one["Action"] for one in json.loads(policy)["Statement"] if one.get("Principal") == {"AWS": who}]


def test_each_site_builds_its_own_half(tmp_path: Path) -> None:
    made = registered(tmp_path)
    (config,) = of(made, "BucketReplicationConfig")
    (rule,) = config.inputs["rules"]
    assert "::us-exit-aws::" in config.provider
    assert (config.inputs["bucket"], config.inputs["role"]) == ("home-us-exit-store-111122223333", ROLE)
    assert rule["deleteMarkerReplication"] == {"status": "Disabled"}
    assert rule["destination"] == {
        "bucket": "arn:aws:s3:::home-dublin-1-store-111122223333",
        "encryptionConfiguration": {"replicaKmsKeyId": "arn:aws:x:eu-west-1:111122223333:dublin-1-store"},
    }
    assert lets(made, "BucketPolicy", "dublin-1-store", ROLE) == [["s3:ReplicateObject", "s3:ReplicateTags"]]
    assert lets(made, "BucketPolicy", "us-exit-store", ROLE) == []
    assert lets(made, "Key", "dublin-1-store", ROLE) == [["kms:Encrypt", "kms:GenerateDataKey"]]
    assert lets(made, "Key", "us-exit-store", ROLE) == [["kms:Decrypt"]]
    assert {one.name for one in of(made, "Key") if "home-wave-home" in one.inputs["policy"]} == {
        "dublin-1-store",
        "us-exit-store",
    }


def test_replicas_in_another_account_become_its_own_and_a_source_elsewhere_is_left_to_its_keeper(
    tmp_path: Path,
) -> None:
    """The role stays the source account's; what this stack does not build there, it does not touch."""
    dublin = 'region: eu-west-1\n    account: "111122223333"'
    home = ("home-dublin-1-store-111122223333", "home-dublin-1-store-444455556666")
    crossing = registered(tmp_path, (dublin, dublin.replace("111122223333", "444455556666")), home)
    (rule,) = of(crossing, "BucketReplicationConfig")[0].inputs["rules"]
    assert (rule["destination"]["account"], rule["destination"]["accessControlTranslation"]) == (
        "444455556666",
        {"owner": "Destination"},
    )
    override = ["s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"]
    assert lets(crossing, "BucketPolicy", "dublin-1-store", ROLE) == [override]
    elsewhere = registered(tmp_path, ("{home-us-exit-store-111122223333:", "{people:"))
    assert not of(elsewhere, "BucketReplicationConfig")
    assert not [one for one in of(elsewhere, "Role") if one.inputs["name"] == "home-wave-home"]
    assert lets(elsewhere, "BucketPolicy", "dublin-1-store", ROLE) == [["s3:ReplicateObject", "s3:ReplicateTags"]]

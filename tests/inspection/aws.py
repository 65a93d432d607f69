"""The AWS half of the table: rows as data, and the policies that the program plans, for the simulator."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from located_yaml import load
from tests.enclave_policies.shipped import shipped
from tests.inspection.simulator.provide import simulate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.resources.resource import Resource

FILE: Final = Path(__file__).with_name("aws.yaml")
ACCOUNT: Final = "111122223333"
KEYS: Final = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key"
COPY: Final = f"arn:aws:s3:::europe-dublin-1-inspection-{ACCOUNT}"
CONFIG: Final = f"arn:aws:s3:::europe-dublin-1-config-{ACCOUNT}"
STORE: Final = f"arn:aws:s3:::europe-dublin-1-store-{ACCOUNT}"
EVERYTHING: Final = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
CONTEXT: Final = re.compile(r"kms:EncryptionContext:([A-Za-z0-9:_-]+)", re.ASCII)


@dataclass(frozen=True)
class Row:
    """One question: who does what on which resource, with which context, and whether it shall be possible."""

    who: str
    does: str
    on: str
    given: Mapping[str, str]
    expect: bool


@dataclass(frozen=True)
class Target:
    """A resource: its ARN, and the planned resource whose input is its policy."""

    arn: str
    of: tuple[str, str, str] | None = None


TARGETS: Final[Mapping[str, Target]] = {
    "copy": Target(COPY, ("BucketPolicy", "dublin-1-inspection", "policy")),
    "copy/object": Target(f"{COPY}/AWSLogs/{ACCOUNT}/x.json.gz", ("BucketPolicy", "dublin-1-inspection", "policy")),
    "copy/records": Target(f"{COPY}/records/employees/a/x.jsonl", ("BucketPolicy", "dublin-1-inspection", "policy")),
    "key": Target(f"{KEYS}/dublin-1-inspection", ("Key", "dublin-1-inspection", "policy")),
    "store": Target(STORE, ("BucketPolicy", "dublin-1-store", "policy")),
    "store/object": Target(f"{STORE}/person", ("BucketPolicy", "dublin-1-store", "policy")),
    "bundle": Target(f"{CONFIG}/gateways/employees/{'0' * 64}.json", ("BucketPolicy", "dublin-1-config", "policy")),
    "config/object": Target(f"{CONFIG}/any", ("BucketPolicy", "dublin-1-config", "policy")),
    "store key": Target(f"{KEYS}/dublin-1-store", ("Key", "dublin-1-store", "policy")),
    "trail": Target(f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/europe-dublin-1-inspection"),
    "role": Target(
        f"arn:aws:iam::{ACCOUNT}:role/europe-dublin-1-inspector", ("Role", "dublin-1-inspector", "assumeRolePolicy")
    ),
    "keeper role": Target(
        f"arn:aws:iam::{ACCOUNT}:role/europe-dublin-1-inspector-keeper",
        ("Role", "dublin-1-inspector-keeper", "assumeRolePolicy"),
    ),
    "watch role": Target(
        f"arn:aws:iam::{ACCOUNT}:role/europe-dublin-1-watch", ("Role", "dublin-1-watch", "assumeRolePolicy")
    ),
    "gateway role": Target(f"arn:aws:iam::{ACCOUNT}:role/europe-dublin-1-employees-gateway"),
    "secret": Target(f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:any-AbCdEf"),
    "*": Target("*"),
}


def rows() -> tuple[Row, ...]:
    """Return every row of the table, one for each principal and action."""
    return tuple(_rows())


def _rows() -> Iterator[Row]:
    for raw in load(FILE).data["rows"]:
        assert raw["expect"] in ("yes", "no"), raw
        for who in raw["who"]:
            for does in raw["does"]:
                yield Row(who, does, raw["on"], raw.get("given", {}), raw["expect"] == "yes")


def ask(asked: tuple[Row, ...]) -> list[str]:
    """Return what the simulator says of each row: Allowed, ImplicitlyDenied, ExplicitlyDenied, or an error."""
    return [
        f"error {each['errors']}" if each["result"] == "error" else str(each["result"])
        for each in simulate([_simulation(row) for row in asked])
    ]


def _simulation(row: Row) -> dict[str, Any]:
    person: dict[str, str] = load(FILE).data["people"][row.who]
    target = TARGETS[row.on]
    service = person.get("service")
    given = {_known(key): value for key, value in row.given.items()}
    context = {"aws:SecureTransport": "true", "aws:RequestedRegion": "eu-west-1", **given}
    if service:
        context["aws:PrincipalServiceName"] = service
    else:
        context["aws:PrincipalArn"] = person["arn"]
        context["aws:PrincipalAccount"] = person["arn"].split(":")[4]
    return {
        "request": {
            "principal": service or person["arn"],
            "action": row.does,
            "resource": {"resource": target.arn, "accountId": ACCOUNT},
            "contextVariables": context,
        },
        "identityPolicies": _identity(person),
        "serviceControlPolicies": [],
        "resourceControlPolicies": [],
        **({"resourcePolicy": _document(*target.of)} if target.of else {}),
    }


def _identity(person: Mapping[str, str]) -> list[dict[str, Any]]:
    if person.get("rights") == "everything":
        return [{"name": "everything", "policy": EVERYTHING}]
    role = person.get("role")
    return [{"name": role, "policy": _document("RolePolicy", role, "policy")}] if role else []


def _document(kind: str, name: str, path: str) -> Any:
    return json.loads(_known(_planned()[kind, name].props[path]))


def _known(text: str) -> str:
    """Return a text with the keys of an encryption context under a name that the simulator knows, both here and there.

    It knows no key with a colon in its variable part, and would leave the condition out; a tag's key has any part.
    """
    return CONTEXT.sub(lambda found: f"aws:PrincipalTag/context-{found[1].replace(':', '-')}", text)


@cache
def _planned() -> Mapping[tuple[str, str], Resource]:
    return {(one.type.rpartition(":")[2], one.name): one for one in shipped("local") if one.type.startswith("aws:")}

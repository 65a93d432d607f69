"""An inspector's own stack: what its declaration must say, and that nothing of it lets in or does more than it must."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.judging.packs import EVERY
from enclave_policies.law.folder import load_law

from components.declaration import load_declaration
from components.declaration.watching import WatchDeclaration
from hosts.watch.schedule import call_in
from located_yaml import ProblemsError
from tests.components.declarations import changed, refused_at_its_place, stacks
from tests.enclave_policies.access.cases import law
from tests.enclave_policies.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.resources.resource import Resource

OTHER_IMAGE = "AWS Lambda takes images of its own account"
BAD = {
    "a part of a site's declaration": ("schedule:\n", "gateways: {}\nschedule:\n", "has no 'gateways'"),
    "an image of another registry": ("444455556666.dkr.ecr.eu-west-1.amazonaws.com", "registry.example", OTHER_IMAGE),
    "an image of another region": ("dkr.ecr.eu-west-1", "dkr.ecr.eu-north-1", OTHER_IMAGE),
    "a role of its own account": ("iam::111122223333", "iam::444455556666", "is the inspector's own account"),
    "a role that is any": ("role/europe-dublin-2-watch", "role/*", "is not the ARN of a role"),
    "an unknown key": ("every:", "evry:", "unknown key 'evry'; did you mean 'every'?"),
    "a part of an hour that is none": ("every: 1 minute", "every: 7 minutes", "is not a part of an hour"),
    "runs that are soon gone": ("retention_days: 90", "retention_days: 7", "90"),
    "a tag of AWS": ("contact:", 'tags: {"aws:cost": x}\ncontact:', "begins with 'aws:'"),
    "more tags than AWS takes": (
        "contact:",
        f"tags: {{{', '.join(f't{n}: x' for n in range(50))}}}\ncontact:",
        "AWS takes 50",
    ),
    "more sites than a policy names": (
        "    dublin-1:",
        "".join(
            f"    s{n}: {{region: eu-west-1, role: 'arn:aws:iam::111122223333:role/europe-watch'}}\n" for n in range(60)
        )
        + "    dublin-1:",
        "and IAM takes 10,240",
    ),
    "the role of the scheduler": (
        "role: enclave-watch ",
        "role: norsk-tilsyn-watch-schedule ",
        "the schedules' own role",
    ),
    "a bucket's name that S3 keeps": ("bucket: norsk-tilsyn-", "bucket: xn--norsk-", "begins with 'xn--'"),
    "a schedule that is mistyped": ("schedule:\n", "schedul:\n", "unknown key 'schedul'; did you mean 'schedule'?"),
    "alerts to no host": ("https://alerts.norsk-tilsyn.example", "https://...", "is not an https address"),
    "no external id": ("  external_id: enclave-europe-5c1f0a7be2d94b36\n", "", "'external_id' is missing; add it"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_a_schedule_must_say_is_refused_at_its_place(name: str, tmp_path: Path) -> None:
    old, new, message = BAD[name]
    refused_at_its_place(changed(tmp_path, (old, new), stack="inspector"), message)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    file = changed(
        tmp_path, ("every: 1 minute", "every: now"), ("retention_days: 90", "retention_days: 7"), stack="inspector"
    )
    with pytest.raises(ProblemsError) as refused:
        load_declaration(file)
    assert len(refused.value.problems) == 2


def test_the_two_declarations_speak_of_the_same_roles() -> None:
    own, sites = load_declaration(stacks / "inspector.yaml"), load_declaration(stacks / "local.yaml")
    assert isinstance(own, WatchDeclaration)
    inspector = sites.inspector
    assert inspector is not None
    assert inspector.principals.aws is not None
    assert inspector.watch is not None
    assert inspector.watch.aws is not None
    assert own.schedule.account == inspector.principals.aws.account
    assert own.schedule.external_id == inspector.principals.aws.external_id
    told = inspector.watch.aws
    assert (own.schedule.role, own.schedule.bucket, own.schedule.region) == (told.role, told.bucket, told.region)
    roles = {one.props["name"] for one in shipped("local") if one.type == "aws:iam/role:Role"}
    assert {site.role.rpartition("/")[2] for site in own.schedule.sites.values()} <= roles


def refusals(stack: str, known: Law) -> list[Finding]:
    """Return what all packs refuse of the shipped stack in a stack of that name."""
    found = judge_stack(list(shipped("inspector", stack)), known, EVERY.rules)
    return [each for said in found.values() for each in said if each.refuses]


@pytest.mark.parametrize("known", [law(), load_law(as_of=law().day)], ids=["with access", "without"])
def test_every_pack_lets_the_inspectors_stack_pass(known: Law) -> None:
    """A pack may have read the law without the part that says who inspects."""
    assert refusals("inspector", known) == []


def test_in_a_stack_of_another_name_its_account_is_nobodys() -> None:
    """The seeded bug: accounts of an inspector that count as own ones everywhere."""
    assert {each.rule for each in refusals("local", law())} >= {"JUR-012", "JUR-025"}


def _of(type_: str) -> list[Resource]:
    return [one for one in shipped("inspector", "inspector") if one.type.endswith(type_)]


def test_the_program_may_what_it_needs_and_the_scheduler_calls_it_alone() -> None:
    policies = {one.name: json.loads(one.props["policy"])["Statement"] for one in _of(":RolePolicy")}
    allowed = {each["Sid"]: (each["Action"], each["Resource"]) for each in policies["norsk-tilsyn-watch"]}
    assert {sid: actions for sid, (actions, _) in allowed.items()} == {
        "Become": ["sts:AssumeRole"],
        "Approved": ["s3:GetObject"],
        "Runs": ["s3:PutObject"],
        "Key": ["secretsmanager:GetSecretValue"],
        "Log": ["logs:CreateLogStream", "logs:PutLogEvents"],
    }
    assert "*" not in {resource for _, resources in allowed.values() for resource in resources}
    assert [each["Action"] for each in policies["norsk-tilsyn-watch-schedule"]] == [["lambda:InvokeFunction"]]


def test_each_schedule_says_where_to_look() -> None:
    calls = [call_in(json.loads(one.props["target"]["input"])) for one in _of(":Schedule")]
    assert {(call.site, call.next) for call in calls} == {("dublin-1", 60), ("dublin-2", 60)}

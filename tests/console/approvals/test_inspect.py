"""`enclave inspect`: sign, and all is green; one byte, a day or a key later it is red and says why."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.approving import INSPECTOR, KEY_ID, public
from tests.console.approvals.project import STACK

if TYPE_CHECKING:
    from tests.console.approvals.project import Project

SITES = ("dublin-1", "dublin-2", "hamar")


def in_days(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days)).isoformat()


def verified(project: Project, *words: str, code: int) -> str:
    done = project.enclave("inspect", "verify", STACK, *words)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_signed_is_green_and_the_acceptances_three_ways_are_red(project: Project) -> None:
    """Acceptance: sign is green; one byte is red and names the digest; expired is red; a key off the law is red."""
    assert verified(project, code=1).count("not approved; there is: no approval") == len(SITES)
    done = project.sign(expires=in_days(60))
    assert done.returncode == 0, done.stderr
    assert len(project.approvals()) == len(SITES)
    shown = verified(project, code=0)
    for site in SITES:
        assert f"{site}/employees: bundle " in shown
    assert shown.count(f"approved by {INSPECTOR} (key {KEY_ID}; commit ") == len(SITES)

    late = verified(project, "--as-of", in_days(61), code=1)
    assert late.count(f"expired on {in_days(60)}") == len(SITES)

    before = shown.partition("hamar/employees: bundle ")[2][:64]
    project.change("\ngateways:\n", "\npurposes: [one-more]\ngateways:\n")
    changed = verified(project, code=1)
    after = changed.partition("hamar/employees: bundle ")[2][:64]
    assert before != after
    assert f"for the bundle {before}" in changed

    project.change("purposes: [one-more]\n", "")
    verified(project, code=0)
    project.lists({"somebody-else": {"public": public("somebody-else")}})
    assert f"signed by a key that the law does not list ({KEY_ID})" in verified(project, code=1)


def test_an_approval_that_ends_soon_is_a_warning(project: Project) -> None:
    project.sign(expires=in_days(10))
    assert f"until {in_days(10)}, which is soon" in verified(project, code=0)


def test_documents_and_findings(project: Project) -> None:
    words = ("--finding", "high:F-7:no second reader", "--finding", "low:F-8", "--json")
    signed = json.loads(project.sign(*words, expires=in_days(60)).stdout)
    assert (signed["verdict"], {each["site"] for each in signed["approvals"]}) == ("signed", set(SITES))
    found = json.loads(verified(project, "--json", code=0))
    notes = found["gateways"][0]["approval"]["terms"]["findings"]
    assert [(each["severity"], each["id"], each["text"]) for each in notes] == [
        ("high", "F-7", "no second reader"),
        ("low", "F-8", ""),
    ]
    listed = json.loads(project.enclave("inspect", "list", STACK, "--json").stdout)
    assert [each["reason"] for each in listed["approvals"]] == [None] * len(SITES)


def test_only_what_is_named_is_signed(project: Project) -> None:
    assert project.sign("--site", "hamar", "--gateway", "employees", expires=in_days(60)).returncode == 0
    assert [file.name.split(".")[0] for file in project.approvals()] == ["hamar"]
    shown = verified(project, code=1)
    assert shown.count("not approved") == 2


def test_a_damaged_file_is_told_by_its_name_and_a_good_one_beside_it_counts(project: Project) -> None:
    project.sign(expires=in_days(60))
    cut = project.approvals()[-1]
    whole = cut.read_bytes()
    cut.write_bytes(whole[:300])
    assert f"{cut.name}: it is no approval, or no longer as it was written" in verified(project, code=1)
    cut.with_name("again.json").write_bytes(whole)
    verified(project, code=0)
    told = project.enclave("inspect", "list", STACK)
    assert told.returncode == 0
    assert f"{cut.name}: counts for nothing: it is no approval" in told.stdout


def test_an_approval_of_another_stack_counts_for_nothing(project: Project) -> None:
    project.sign(expires=in_days(60))
    folder = project.folder / "stacks"
    for name in (f"{STACK}.yaml", f"Pulumi.{STACK}.yaml"):
        shutil.copy(folder / name, folder / name.replace(STACK, "twin"))
    shutil.copytree(folder / "approvals" / STACK, folder / "approvals" / "twin")
    done = project.enclave("inspect", "verify", "twin")
    assert done.returncode == 1
    assert done.stdout.count(f"for the stack {STACK}") == len(SITES)


def test_all_that_is_wrong_with_an_order_is_told_at_once(project: Project) -> None:
    words = ("--as", "nobody", "--key", str(project.folder / "no.pem"), "--expires", "2026-13-01")
    more = ("--site", "moon", "--gateway", "people", "--finding", "F-7")
    done = project.enclave("inspect", "sign", STACK, *words, *more)
    assert done.returncode == 2
    for part in (
        f"--as: 'nobody' is no inspector of the law, which lists {INSPECTOR}",
        "--expires: there is no day 2026-13-01",
        "--finding: 'F-7' has no severity",
        "--gateway: gateway with a gateway 'people' is not declared",
        "--key: ",
        "--site: site with a gateway 'moon' is not declared; declared: dublin-1, dublin-2, hamar",
    ):
        assert part in done.stderr
    assert project.approvals() == []


@pytest.mark.parametrize(
    ("expires", "message"),
    [(-1, "is over (today is "), (366, "is 366 days away, and 365 are the limit")],
)
def test_a_day_that_is_over_or_too_far_away_is_refused(project: Project, expires: int, message: str) -> None:
    done = project.sign(expires=in_days(expires))
    assert done.returncode == 2
    assert message in done.stderr


def test_the_key_of_somebody_else_is_refused_and_its_public_half_shown(project: Project) -> None:
    project.lists({KEY_ID: {"public": public("another")}})
    project.commit()
    done = project.sign(expires=in_days(60))
    assert done.returncode == 2
    assert f"lists no such key for '{INSPECTOR}'; its public half is {public(KEY_ID)}" in done.stderr
    assert "PRIVATE" not in done.stderr + done.stdout


def test_a_key_is_used_from_its_first_day_to_its_last(project: Project) -> None:
    project.lists({KEY_ID: {"public": public(KEY_ID), "from": in_days(1), "until": in_days(9)}})
    assert "use one that is valid" in project.sign(expires=in_days(5)).stderr
    project.lists({KEY_ID: {"public": public(KEY_ID), "until": in_days(3)}})
    assert project.sign(expires=in_days(5)).returncode == 0
    verified(project, "--as-of", in_days(3), code=0)
    assert f"its key {KEY_ID} is valid no longer" in verified(project, "--as-of", in_days(4), code=1)
    project.lists({KEY_ID: {"public": public(KEY_ID), "from": in_days(1)}})
    assert f"its key {KEY_ID} is not valid yet" in verified(project, "--as-of", in_days(2), code=1)


def test_nobody_signs_what_no_commit_holds(project: Project) -> None:
    with (project.folder / "hosts" / "gateway" / "main.py").open("a", encoding="utf-8") as stream:
        stream.write("\n# somebody was here\n")
    done = project.sign(expires=in_days(60))
    assert done.returncode == 2
    assert "hosts/gateway/main.py differ from the commit; commit them first" in done.stderr
    commit = project.commit()
    assert project.sign(expires=in_days(60)).returncode == 0
    assert f"commit {commit}" in verified(project, code=0)


def test_a_real_stack_knows_no_stand_in(project: Project) -> None:
    done = project.enclave("sandbox", "approve", STACK)
    assert done.returncode == 2
    assert "is real, and a stand-in approves nothing real" in done.stderr

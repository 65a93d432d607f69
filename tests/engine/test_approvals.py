"""Approvals on the real engine: signed is green; one byte, a day or a key later it is red, before anything is made."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from securesystemslib.dsse import Envelope

from hosts.gateway import dsse
from tests.approving import key_of
from tests.engine.clone import Clone

if TYPE_CHECKING:
    from tests.engine.place import Place

STACK = "guarded"
IMAGE = "registry.hamar.example/enclave/gateway@sha256:" + "4f" * 32
GATEWAYS = f"""gateways:
  employees: {{segment: gateway, front: ingress, port: 443, image: "{IMAGE}", replicas: 1}}
"""
SMALL = (Path(__file__).parent / "small_kubernetes.yaml").read_text(encoding="utf-8")
DECLARED = SMALL.replace("gateways: {}\n", GATEWAYS)
PURPOSES = "purposes: [support]\n"
BAD_INPUT, REFUSED, GOOD = 2, 1, 0


@pytest.fixture(scope="module")
def clone(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A copy of the project with a gateway that nobody has approved; the tests below run in their order."""
    made = Clone.make(tmp_path_factory.mktemp("clone") / "project", place)
    made.declare(STACK, DECLARED)
    assert made.enclave("init", STACK).returncode == GOOD
    return made


def approvals(clone: Clone) -> list[Path]:
    return sorted((clone.place.folder / "inspector" / "approvals" / STACK).glob("*.json"))


def digest(clone: Clone) -> str:
    done = clone.enclave("inspect", "verify", STACK, "--json")
    (gateway,) = json.loads(done.stdout)["gateways"]
    return str(gateway["bundle"])


def refused(clone: Clone, *parts: str) -> None:
    done = clone.enclave("preview", STACK, approved=False)
    assert done.returncode == REFUSED, done.stdout + done.stderr
    for part in ("ACC-006 approved-gateway: hamar-employees", *parts):
        assert part in done.stdout


def test_what_nobody_has_approved_is_refused_with_the_one_command_that_signs(clone: Clone) -> None:
    refused(clone, f"the bundle {digest(clone)}", "there is: no approval", f"`enclave sandbox approve {STACK}` lets")
    up = clone.enclave("up", STACK, "--yes", approved=False)
    assert up.returncode == REFUSED
    assert clone.resources(STACK) == []


def test_the_program_refuses_it_too_where_somebody_forgot_the_packs(clone: Clone) -> None:
    done = clone.pulumi("preview", "--stack", STACK)
    assert done.returncode != GOOD
    assert "Policies:" not in done.stdout
    assert "ACC-006 approved-gateway: hamar-employees" in done.stdout + done.stderr


def test_signed_it_is_green_and_says_that_a_stand_in_signed(clone: Clone) -> None:
    signed = clone.enclave("sandbox", "approve", STACK)
    assert signed.stdout == (
        "the sandbox's stand-in inspector, who signs whatever it is shown, has approved hamar/employees of guarded\n"
    )
    done = clone.enclave("up", STACK, approved=False)
    assert done.returncode == GOOD, done.stdout + done.stderr
    again = clone.enclave("preview", STACK, approved=False)
    assert again.returncode == GOOD, again.stdout + again.stderr


def last_day(clone: Clone, export: Path) -> date:
    """Return the last day of the one approval in force: the stand-in signed it on the day on which the tests began."""
    (approval,) = json.loads(clone.enclave("audit", str(export), "--json").stdout)["approvals"]
    return date.fromisoformat(approval["last_day"])


def test_an_export_is_clean_today_and_refused_after_the_approvals_last_day(clone: Clone, tmp_path: Path) -> None:
    export = tmp_path / "state.json"
    export.write_text(json.dumps({"version": 3, "deployment": clone.deployment(STACK)}), encoding="utf-8")
    clean = clone.enclave("audit", str(export), "--json")
    found = json.loads(clean.stdout)
    assert found["verdict"] == "clean", clean.stdout
    assert [(each["site"], each["key"]) for each in found["approvals"]] == [("hamar", "sandbox-stand-in")]
    last = last_day(clone, export)
    for day, code in ((last, GOOD), (last + timedelta(1), REFUSED)):
        late = clone.enclave("audit", str(export), "--as-of", day.isoformat())
        assert late.returncode == code, late.stdout
    assert f"expired on {last}" in late.stdout
    elsewhere = clone.enclave("audit", str(export), "--approvals", str(tmp_path))
    assert elsewhere.returncode == REFUSED
    assert "there is: no approval" in elsewhere.stdout


def test_a_preview_says_what_it_will_say_after_the_last_day(clone: Clone, tmp_path: Path) -> None:
    export = tmp_path / "state.json"
    export.write_text(json.dumps({"version": 3, "deployment": clone.deployment(STACK)}), encoding="utf-8")
    last = last_day(clone, export)
    for each, code in ((last, GOOD), (last + timedelta(1), REFUSED)):
        day = each.isoformat()
        done = clone.enclave("preview", STACK, "--as-of", day, approved=False)
        assert done.returncode == code, done.stdout + done.stderr
        assert f"{STACK} plan as of {day}: " in done.stdout
    assert f"expired on {last}" in done.stdout
    changed = clone.enclave("up", STACK, "--as-of", day, approved=False)
    assert changed.returncode == BAD_INPUT
    assert "--as-of" in changed.stderr


def test_one_byte_of_the_configuration_later_it_is_refused_and_names_both_digests(clone: Clone) -> None:
    before = digest(clone)
    clone.declare(STACK, PURPOSES + DECLARED)
    after = digest(clone)
    assert before != after
    refused(clone, f"the bundle {after}", f"for the bundle {before}")
    clone.declare(STACK, DECLARED)
    assert clone.enclave("preview", STACK, approved=False).returncode == GOOD


def test_a_key_that_the_law_does_not_list_approves_nothing(clone: Clone) -> None:
    (file,) = approvals(clone)
    whole = file.read_bytes()
    envelope = Envelope.from_dict(json.loads(whole))
    envelope.signatures.clear()
    dsse.sign(envelope, "stranger", key_of("stranger"))
    file.write_bytes(dsse.written(envelope))
    refused(clone, "signed by a key that the law does not list (stranger)")
    file.write_bytes(whole[: len(whole) // 2])
    refused(clone, f"{file.name}: it is no approval, or no longer as it was written")
    file.write_bytes(whole)
    assert clone.enclave("preview", STACK, approved=False).returncode == GOOD

"""A site outside the approved countries is refused, by the pack and by the program, and nothing is created."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.engine.inventory import in_kubernetes, in_moto

if TYPE_CHECKING:
    from tests.engine.place import Place

refusal = (
    "JUR-002 provider-region: london-aws (pulumi:providers:aws) would be in eu-west-2 (London, United Kingdom, GB)"
)


def nothing_created(place: Place) -> bool:
    """Ask moto, in both regions, and the API server."""
    return not (in_moto(place) or in_moto(place, "eu-west-2") or in_kubernetes(place))


def test_the_gate_refuses_london_and_creates_nothing(place: Place) -> None:
    done = place.enclave("preview", "rejected")
    assert done.returncode == 1
    assert refusal in done.stdout
    assert "refused by the same rule" in done.stdout
    assert "red" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert nothing_created(place)


def test_the_gates_verdict_is_there_for_machines_too(place: Place) -> None:
    done = place.enclave("preview", "rejected", "--json")
    verdict = json.loads(done.stdout)
    assert done.returncode == 1
    assert verdict["verdict"] == "red"
    assert {violation["rule"] for violation in verdict["refused"]} >= {"provider-region", "resource-region", "zone"}
    assert all(violation["level"] == "mandatory" for violation in verdict["refused"])


@pytest.mark.parametrize("options", [[], ["--skip-preview"]], ids=["with a preview", "without one"])
def test_plain_up_without_a_pack_is_refused_by_the_program_with_the_same_message(
    options: list[str], place: Place
) -> None:
    place.pulumi("stack", "init", "rejected", pack=False)
    done = place.pulumi("up", "--yes", "--stack", "rejected", *options, pack=False)
    assert done.returncode != 0
    assert refusal in done.stdout
    assert "Policies:" not in done.stdout, "no pack was to be attached"
    assert "Traceback" not in done.stdout + done.stderr
    assert nothing_created(place)


def test_the_gate_provisions_nothing_of_a_refused_stack(place: Place) -> None:
    done = place.enclave("up", "rejected", "--yes")
    assert done.returncode == 1
    assert "rejected done" not in done.stdout
    assert nothing_created(place)

"""A site outside the approved countries is refused, by gate, packs and program, and nothing is created."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.engine.inventory import in_kubernetes, in_moto
from tests.engine.place import project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.place import Place

refusal = (
    "JUR-002 provider-region: london-aws (pulumi:providers:aws) would be in eu-west-2 (London, United Kingdom, GB)"
)


def nothing_created(place: Place) -> bool:
    """Ask moto, in both regions, and the API server."""
    return not (in_moto(place) or in_moto(place, "eu-west-2") or in_kubernetes(place))


def test_the_gate_refuses_london_before_the_engine_and_provisions_nothing(place: Place) -> None:
    done = place.enclave("up", "rejected", "--yes")
    assert done.returncode == 1
    assert refusal in done.stdout
    assert re.search(r"(?m)^  refused: stacks/rejected\.yaml:\d+:\d+: JUR-002", done.stdout)
    assert re.search(r"(?m)^    decided by policy-packs/jurisdiction/law/approved\.yaml:\d+:\d+: ", done.stdout)
    assert not done.stderr, "the engine has not begun"
    assert nothing_created(place)


def test_the_packs_refuse_london_too_with_the_engine_alone(place: Place) -> None:
    """A shell of the sandbox attaches a pack to the plain engine."""
    place.pulumi("stack", "init", "rejected")
    done = place.pulumi("preview", "--stack", "rejected")
    assert done.returncode != 0
    shown = done.stdout + done.stderr
    assert "❌ jurisdiction@v" in shown
    for rule in ("provider-region", "resource-region", "zone"):
        assert re.search(rf"(?m)^ +- \[mandatory\].* {rule} .*: london-", shown), rule
    place.pulumi("stack", "rm", "rejected", "--yes", "--preserve-config", pack=False)
    assert nothing_created(place)


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


stray = """
import pulumi
import pulumi_aws as aws
from console.program import load_stack

here = load_stack(pulumi.get_stack()).clouds.aws_endpoint
away = aws.Provider("away", region="us-east-1", access_key="x", secret_key="x", skip_credentials_validation=True,
                    skip_requesting_account_id=True, endpoints=[{"ec2": here, "sts": here}])
aws.ec2.Vpc("stray", cidr_block="10.99.0.0/16", opts=pulumi.ResourceOptions(provider=away))
"""


def test_the_program_refuses_a_resource_that_its_declaration_knows_nothing_of(place: Place, tmp_path: Path) -> None:
    folder = project(tmp_path / "stray", stray)
    place.pulumi("-C", str(folder), "stack", "init", "local", pack=False)
    done = place.pulumi("-C", str(folder), "up", "--yes", "--stack", "local", "--skip-preview", pack=False)
    assert done.returncode != 0
    assert "JUR-002 provider-region: away (pulumi:providers:aws) would be in us-east-1" in done.stdout
    assert "Traceback" not in done.stdout
    assert not in_moto(place, "us-east-1")


def test_plain_pulumi_shows_a_bad_declaration_without_a_traceback(place: Place, tmp_path: Path) -> None:
    folder = project(tmp_path / "bad", stray)
    declaration = folder / "stacks" / "local.yaml"
    declaration.write_text(declaration.read_text(encoding="utf-8").replace("country: NO", "country: Norway"), "utf-8")
    place.pulumi("-C", str(folder), "stack", "init", "local", pack=False)
    done = place.pulumi("-C", str(folder), "preview", "--stack", "local", pack=False)
    assert done.returncode != 0
    assert "stacks/local.yaml:" in done.stdout
    assert "'Norway' is not a country code of two capital letters" in done.stdout
    assert "Traceback" not in done.stdout

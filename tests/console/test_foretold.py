"""What the declaration alone tells is refused with its line and the law's, before any engine starts."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from enclave_policies.law.folder import load_law

from components.declaration import load_declaration
from console.gate.foretold import Foretold, as_json, foretold, text_lines
from located_yaml import load

ROOT = Path(__file__).parents[2]
LOCAL = (ROOT / "stacks" / "local.yaml").read_text(encoding="utf-8")
HOSTS = "policy-packs/jurisdiction/law/approved.yaml:5:1"
BEFORE_ANY_ENGINE = 3.0  # seconds


def told(text: str, folder: Path) -> tuple[Path, tuple[Foretold, ...]]:
    file = folder / "trial.yaml"
    file.write_text(text, encoding="utf-8")
    return file, foretold(load_declaration(file), file, load_law())


def decided(found: Foretold) -> str:
    """Return what of the law decides, in words."""
    assert found.objection.decides is not None
    return found.objection.decides.words


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_shipped_stacks_are_not_refused(tmp_path: Path) -> None:
    assert told(LOCAL, tmp_path)[1] == ()
    assert told((ROOT / "stacks" / "eu-prod.yaml").read_text(encoding="utf-8"), tmp_path)[1] == ()


def test_london_is_refused_in_seconds_with_both_lines_and_without_an_engine(tmp_path: Path) -> None:
    """Processor seconds, as the machine may have other work; there is no `pulumi` on PATH and no sandbox."""
    kept = {name: value for name, value in os.environ.items() if name != "ENCLAVE_SANDBOX"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", "from console.entry import main; main()", "up", "rejected", "--yes"],
        cwd=ROOT,
        env=kept | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 1, done.stderr
    line = line_of((ROOT / "stacks" / "rejected.yaml").read_text(encoding="utf-8"), "region: eu-west-2")
    place = "london-aws (pulumi:providers:aws) would be in eu-west-2 (London, United Kingdom, GB)"
    refused, decides, *_ = done.stdout.splitlines()
    assert refused.startswith(f"  refused: stacks/rejected.yaml:{line}:5: JUR-002 provider-region: {place}")
    assert decides == f"    decided by {HOSTS}: IE, NO may host, GB may not"
    assert load(ROOT / HOSTS.partition(":")[0]).position(("host",)).line == 5
    assert "rejected plan: not made; 1 refusal: red" in done.stdout
    used = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    assert used < BEFORE_ANY_ENGINE


def test_germany_is_refused_on_either_kind_of_site(tmp_path: Path) -> None:
    moved = LOCAL.replace("country: IE\n    region: eu-west-1", "country: DE\n    region: eu-central-1", 1)
    moved = moved.replace("machine_images: {", "machine_images: {eu-central-1: ami-0e5ba9f1f0c0ffee2, ", 1)
    file, (refusal, *_links) = told(moved, tmp_path)
    assert str(refusal.declared) == f"{file}:{line_of(moved, 'region: eu-central-1')}:5"
    assert (str(refusal.law), decided(refusal)) == (HOSTS, "IE, NO may host, DE may not")
    cluster = LOCAL.replace("country: NO", "country: DE", 1)
    file, found = told(cluster, tmp_path)
    refusal = found[0]
    assert str(refusal.declared) == f"{file}:{line_of(cluster, 'country: DE')}:5"
    assert "site 'hamar' would be in Germany (DE); approved: eu-west-1 (Dublin" in refusal.objection.message


def test_a_country_that_is_not_its_regions_is_decided_by_the_regions_line(tmp_path: Path) -> None:
    _, found = told(LOCAL.replace("country: IE", "country: NO", 1), tmp_path)
    regions = ROOT / "policy-packs" / "jurisdiction" / "law" / "aws-regions.yaml"
    line = line_of(regions.read_text(encoding="utf-8"), "eu-west-1:")
    refusal = next(each for each in found if "correct 'country'" in each.objection.message)
    assert str(refusal.law) == f"policy-packs/jurisdiction/law/aws-regions.yaml:{line}:7"
    assert decided(refusal) == "eu-west-1 is in IE"


def test_a_link_without_a_basis_points_at_its_basis_and_at_the_laws_transfers(tmp_path: Path) -> None:
    text = LOCAL.replace("\n    basis: inside", "\n    basis: nothing", 1)
    file, found = told(text, tmp_path)
    assert str(found[0].declared) == f"{file}:{line_of(text, 'basis: nothing')}:5"
    assert str(found[0].law).startswith("policy-packs/jurisdiction/law/transfers.yaml:")
    assert decided(found[0]) == "it has no rule 'nothing'"


def test_a_planned_site_may_be_anywhere(tmp_path: Path) -> None:
    text = (ROOT / "stacks" / "rejected.yaml").read_text(encoding="utf-8")
    assert told(text.replace("lifecycle: building", "lifecycle: planned"), tmp_path)[1] == ()


def test_text_and_json_tell_the_same(tmp_path: Path) -> None:
    text = (ROOT / "stacks" / "rejected.yaml").read_text(encoding="utf-8")
    _, found = told(text, tmp_path)
    document = json.loads(as_json("rejected", found))
    assert (document["verdict"], document["judged"]) == ("red", 0)
    (refused,) = document["refused"]
    assert (refused["rule"], refused["finding"]["rule"]) == ("provider-region", "JUR-002")
    for part in (refused["declared"], refused["decided_by"], refused["message"]):
        assert part in "\n".join(text_lines("rejected", found))


@pytest.mark.parametrize("hosts", [{"IE", "NO", "GB"}, {"NO"}])
def test_the_law_decides_and_nothing_else(hosts: set[str], tmp_path: Path) -> None:
    """The seeded bug of this family: a list of countries that is not the law's."""
    file = tmp_path / "trial.yaml"
    file.write_text((ROOT / "stacks" / "rejected.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    found = foretold(load_declaration(file), file, replace(load_law(), hosts=frozenset(hosts)))
    sites = {each.objection.keys[1] for each in found if each.objection.keys[0] == "sites"}
    assert sites == {"dublin-1": {"dublin-1", "london"}, "london": set()}["london" if "GB" in hosts else "dublin-1"]

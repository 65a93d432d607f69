"""A site of several buildings: pods run only in those that were handed over, and the address plan never moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from components.kubernetes import pods
from components.site import SitePlan
from located_yaml import ProblemsError
from tests.components.declarations import local
from tests.components.shapes import shape

if TYPE_CHECKING:
    from pathlib import Path

    from tests.components.shapes import Registered

ONE_OF_THREE = """    buildings:
      - {stage: testing, handed_over: 2026-05-01}
      - {stage: building}
      - {stage: planned}
"""
PODS = ("kubernetes:apps/v1:StatefulSet", "kubernetes:apps/v1:Deployment")


def _places(found: list[Registered]) -> list[Any]:
    specs = [each.inputs["spec"]["template"]["spec"] for each in found if each.type in PODS]
    return [spec.get("affinity") for spec in specs]


def _of_one(tmp_path: Path) -> Any:
    return local(tmp_path, ("    buildings: 3\n", ONE_OF_THREE))


def test_pods_run_only_in_buildings_that_were_handed_over(tmp_path: Path) -> None:
    places = _places(shape(_of_one(tmp_path)))
    assert len(places) == 2
    chosen = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["hamar-building-1"]}
    terms = {"nodeSelectorTerms": [{"matchExpressions": [chosen]}]}
    wanted = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    assert places == [wanted, wanted]


def test_pods_without_a_place_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: every building counts as handed over."""
    monkeypatch.setattr(SitePlan, "open_zones", SitePlan.zones)
    assert _places(shape(_of_one(tmp_path))) == [None, None]


def test_nothing_says_a_place_where_every_building_was_handed_over(tmp_path: Path) -> None:
    assert _places(shape(local(tmp_path))) == [None, None]
    assert pods.ZONE in str([each.inputs for each in shape(local(tmp_path)) if each.type in PODS])


def test_a_handover_moves_no_address(tmp_path: Path) -> None:
    def plan(declaration: Any) -> list[Any]:
        return SitePlan("hamar", declaration.sites["hamar"], declaration).subnets()

    assert plan(_of_one(tmp_path)) == plan(local(tmp_path))


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("    buildings: [{stage: building}]\n", "no building was handed over"),
        ("    buildings: [{stage: live}]\n", "a building that is live was handed over; say when"),
        ("    buildings: [{stage: building, handed_over: 2026-05-01}]\n", "is not handed over yet; correct its stage"),
        ("    buildings: [{stage: ready}]\n", "'ready' is not allowed here"),
        ("    buildings: [{stage: live, handed: 2026-05-01}]\n", "unknown key 'handed'"),
        ("    buildings: 0\n", "0 is too small; give 1 or more"),
        ("    buildings: 99\n", "99 is too large"),
        ("    buildings: three\n", "'three' is not a whole number"),
        ("    buildings: []\n", "give 1 or more"),
    ],
)
def test_buildings_that_contradict_themselves_are_refused_at_their_line(
    written: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(ProblemsError) as raised:
        local(tmp_path, ("    buildings: 3\n", written))
    assert words in str(raised.value)

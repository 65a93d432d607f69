"""One opened rule, and the way that it opens; near misses open nothing. Each in a plan and in a state."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.network.aws import UNDETERMINED, AwsModel, gates
from enclave_policies.network.graph import end_of

from tests.enclave_policies.network.aws.cases import read, resources, shut, ways

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCUMENT = read("cases.yaml")
CASES = DOCUMENT["cases"]
BREAKS = [case for case in CASES if case.get("opens") != {} or case.get("lists")]
FORMS = pytest.mark.parametrize("planned", [False, True], ids=["state", "plan"])


def model_of(case: Mapping[str, Any], *, planned: bool, change: bool = True) -> AwsModel:
    table = {**DOCUMENT["bases"][case["base"]], **(case["change"] if change else {})}
    return AwsModel(resources(table, DOCUMENT["words"], planned=planned))


def opened(case: Mapping[str, Any], *, planned: bool) -> dict[str, list[str]]:
    """Return the ways that the case's change opens."""
    before = ways(model_of(case, planned=planned, change=False))
    return {way: why for way, why in ways(model_of(case, planned=planned)).items() if way not in before}


def in_order(texts: list[str], reasons: list[str]) -> bool:
    rest = iter(reasons)
    return all(any(text in reason for reason in rest) for text in texts)


def is_plain(reason: str) -> bool:
    """Whether a reason says at its beginning, if at all, that nobody knows, and shows nothing of Python's."""
    return UNDETERMINED not in reason.removeprefix("answers: ").removeprefix(UNDETERMINED) and "None" not in reason


def listed(model: AwsModel) -> set[str]:
    return {
        " ".join((way.kind, way.name, *(f"{site}/{segment}" for site, segment in way.segments)))
        for way in model.openings()
    }


def unasked(model: AwsModel) -> list[str]:
    """Return the open ways between ends that the model does not say may meet: nobody would ask about them."""
    open_ = {
        (end_of(one), end_of(other)) for one, other in product(model.zones(), repeat=2) if model.between(one, other)
    }
    met = {(end_of(one), end_of(other)) for some, many in model.meetings() for one in some for other in many}
    return [f"never asked: {source} -> {target}" for source, target in sorted(open_ - met)]


def wrong(case: Mapping[str, Any], *, planned: bool) -> list[str]:
    found = opened(case, planned=planned)
    expected = case.get("opens", case.get("among"))
    problems = [f"closed: {way}" for way in expected if way not in found]
    problems += unasked(model_of(case, planned=planned))
    if "opens" in case:
        problems += [f"unexpected: {way} because {why}" for way, why in found.items() if way not in expected]
    problems += [
        f"{way}: {texts} not in {found[way]}"
        for way, texts in expected.items()
        if way in found and not in_order(texts, found[way])
    ]
    problems += [f"{way} says {reason}" for way, why in found.items() for reason in why if not is_plain(reason)]
    if "lists" in case:
        now = listed(model_of(case, planned=planned))
        problems += [f"not listed: {text} in {sorted(now)}" for text in case["lists"] if text not in now]
        if not case["lists"]:
            problems += [f"listed: {text}" for text in now - listed(model_of(case, planned=planned, change=False))]
    if "blocked" in case or "tells" in case:
        model = model_of(case, planned=planned)
        said = shut(model)
        problems += [
            f"{way}: {texts} not in {said.get(way)}"
            for way, texts in case.get("blocked", {}).items()
            if not in_order(texts, said.get(way, []))
        ]
        problems += [
            f"not told: {text} in {model.undetermined}"
            for text in case.get("tells", ())
            if text not in model.undetermined
        ]
    return problems


@FORMS
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_a_case_opens_what_it_says_and_nothing_else(case: Mapping[str, Any], planned: bool) -> None:
    assert wrong(case, planned=planned) == []


def test_there_are_enough_breaks_and_near_misses() -> None:
    assert len(BREAKS) >= 25
    assert len(CASES) - len(BREAKS) >= 8


@pytest.mark.parametrize("planned", [False, True])
def test_the_base_networks_let_pass_what_they_are_meant_to(planned: bool) -> None:
    groups = ways(model_of({"base": "groups"}, planned=planned, change=False))
    assert sorted(groups) == ["app -> store tcp 443", "gateway -> app tcp 8443"]
    assert sorted(ways(model_of({"base": "acls"}, planned=planned, change=False))) == ["app -> store tcp 443"]
    assert sorted(ways(model_of({"base": "routes"}, planned=planned, change=False))) == []


def test_a_model_without_denials_fails_near_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    real = gates._acl_gate
    monkeypatch.setattr(gates, "_acl_gate", lambda entries, piece: real([e for e in entries if e.allow], piece))
    assert [case["case"] for case in CASES if wrong(case, planned=False)]

"""Configurations of common programs: left open they are refused, and their clean twins pass, wherever they stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder import load_law
from enclave_policies.reading.reading import read
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.rules.jurisdiction import JURISDICTION
from enclave_policies.texts import reader
from enclave_policies.texts.programs import defaults, settings
from enclave_policies.texts.programs.index import Entry, index
from enclave_policies.texts.programs.record import blocks, programs

import located_yaml
from tests.enclave_policies.texts.programs.places import FORMS, places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law import Law
    from enclave_policies.resources.resource import Resource

FOLDER = Path(__file__).parent
OF_THE_PLACE = frozenset({"JUR-017", "JUR-044", "JUR-013"})
"""What is refused of the place itself: a bucket that no stack shows to be own, a chart that nobody can see into."""


@dataclass(frozen=True)
class Case:
    """A configuration that leaves something open so many times, and its clean twin."""

    program: str
    case: str
    refused: Any
    clean: Any
    form: str = "tree"
    file: str | None = None
    times: int = 1

    @property
    def id(self) -> str:
        """What the case is called in a report."""
        return f"{self.program}: {self.case}"


@cache
def cases() -> tuple[Case, ...]:
    """Return the cases of every file in this folder."""
    return tuple(
        Case(program=program, **raw)
        for file in sorted(FOLDER.glob("*.yaml"))
        for program, told in located_yaml.load(file).data.items()
        for raw in told
    )


def standing(case: Case, side: str) -> Iterator[tuple[str, Resource]]:
    return places(case.form, getattr(case, side), case.file)


def left_open(resource: Resource, law: Law) -> list[str]:
    """Return what a resource's claims say that it leaves open."""
    return [claim.words for claim in read(resource, law).claims if claim.kind == "default"]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_a_configuration_that_leaves_a_place_open_is_refused_wherever_it_stands(case: Case) -> None:
    law = load_law()
    for place, resource in standing(case, "refused"):
        found = left_open(resource, law)
        assert len(found) == case.times, f"in {place}: {found}"
        findings = judge_stack([resource], law, JURISDICTION)[resource.urn]
        assert any("a place that no setting names" in finding.message for finding in findings), place


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_its_clean_twin_passes_wherever_it_stands(case: Case) -> None:
    law = load_law()
    for place, resource in standing(case, "clean"):
        findings = judge_stack([resource], law, JURISDICTION)[resource.urn]
        assert [finding.message for finding in findings if finding.rule not in OF_THE_PLACE] == [], place


def test_every_case_stands_in_at_least_two_places() -> None:
    assert [case.id for case in cases() if len(list(standing(case, "refused"))) < 2] == []
    counted = sum(len(list(standing(case, side))) for case in cases() for side in ("refused", "clean"))
    print(f"{len(cases())} cases of {len(programs())} programs, {counted} times judged")  # noqa: T201 (asked for)


def test_every_program_has_a_case_and_every_case_a_program() -> None:
    assert {case.program for case in cases()} == set(programs())


def test_every_entry_of_the_tables_is_what_some_case_is_refused_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[Entry] = set()
    is_open = Entry.is_open

    def noted(entry: Entry, *arguments: Any) -> bool:
        found = is_open(entry, *arguments)
        if found:
            seen.add(entry)
        return found

    monkeypatch.setattr(Entry, "is_open", noted)
    reader.claims_in.cache_clear()
    law = load_law()
    for case in cases():
        for _, resource in standing(case, "refused"):
            left_open(resource, law)
    told = index()
    entries = {
        entry for table in (told.last, told.above, told.by_setting) for found in table.values() for entry in found
    }
    entries |= set(told.whole)
    assert len(entries) == len(blocks())
    assert sorted(f"{each.program}: {each.block}" for each in entries - seen if not each.says) == []


BUGS: dict[str, tuple[Any, str, Any]] = {
    "a block without settings is overlooked": (reader, "EMPTY", ()),
    "names are compared letter by letter": (settings, "fold", lambda name: name),
    "dots in keys lead nowhere": (defaults, "_nested", lambda _block: iter(())),
    "what stands around a block is not asked": (defaults, "_around", lambda *_: []),
    "an empty setting is a setting": (settings, "NOTHING", ()),
    "variables in lists are overlooked": (reader, "variables", lambda _items: {}),
    "flags are overlooked": (reader, "commands", lambda _words: []),
    "manifests are plain documents": (reader, "manifest_of", lambda _value: ""),
    "an own endpoint closes nothing": (Entry, "is_open", lambda *_: True),
}


@pytest.mark.parametrize("bug", BUGS)
def test_each_seeded_bug_is_noticed(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, broken = BUGS[bug]
    monkeypatch.setattr(module, name, broken)
    reader.claims_in.cache_clear()
    law = load_law()
    assert any(
        len(left_open(resource, law)) != (case.times if side == "refused" else 0)
        for case in cases()
        for side in ("refused", "clean")
        for _, resource in standing(case, side)
    )
    reader.claims_in.cache_clear()


def test_each_form_of_writing_has_cases() -> None:
    assert {case.form for case in cases()} == set(FORMS)


APART = frozenset({"metadata", "apiVersion", "kind", "name", "region", "role", "packageType", "imageUri"})
"""Inputs of the resources that carry a configuration, which belong to none."""


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where each value stands."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, key))
    elif value is not None:
        yield path


def with_sealed(value: Any, path: tuple[Any, ...]) -> Any:
    """Return a copy in which the value at a path is a secret that nobody can read."""
    if not path:
        return UNKNOWN
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = with_sealed(copied[path[0]], path[1:])
    return copied


def test_sealing_any_value_of_an_open_configuration_never_makes_it_pass() -> None:
    law, passed, counted = load_law(), [], 0
    for case in cases():
        for place, resource in standing(case, "refused"):
            if place not in ("a custom resource", "an object", "a pod", "a function"):
                continue  # elsewhere the configuration is one text, which is sealed as a whole
            for path in (path for path in leaves(resource.props) if path[0] not in APART):
                counted += 1
                sealed = replace(resource, props=with_sealed(resource.props, path), sealed=True)
                findings = judge_stack([sealed], law, JURISDICTION)[sealed.urn]
                if not [finding for finding in findings if finding.rule not in OF_THE_PLACE]:
                    passed.append((case.id, place, path))
    assert counted > 1000
    assert passed == []

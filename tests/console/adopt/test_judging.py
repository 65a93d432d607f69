"""What is said against objects together: those that pass pass without the others, and turn nothing else red."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from enclave_policies.reading.finding import Finding, Subject, Verdict

from console.adopt.judging import Judged, said
from console.adopt.objects import Object, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from enclave_policies.resources.resource import Resource

    from console.audit.judges import Judges

TYPE = "aws:kms/key:Key"
STANDING = "urn:pulumi:local::enclave::aws:ec2/vpc:Vpc::standing"
STATE = {"resources": [{"urn": STANDING, "type": "aws:ec2/vpc:Vpc", "custom": True, "id": "vpc-1"}]}


def urn(name: str) -> str:
    return f"urn:pulumi:local::enclave::{TYPE}::{name}"


def finding(of: str, verdict: Verdict = "fail") -> Finding:
    subject = Subject(of, of.split("::")[2], of.rpartition("::")[2])
    return Finding(rule="X-1", name="x", subject=subject, verdict=verdict, problem="is wrong", remedy="mend it")


@dataclass(frozen=True)
class Rule:
    """One rule in the place of all: from the names that are there to the URNs that it refuses."""

    refuses: Callable[[set[str]], Iterable[str]]

    def findings(self, resources: Iterable[Resource]) -> Mapping[str, tuple[Finding, ...]]:
        """Return findings as `Judges` does."""
        urns = [each.urn for each in resources]
        red = set(self.refuses({each.rpartition("::")[2] for each in urns}))
        return {each: (finding(each),) if each in red else () for each in urns}


def asked(*names: str, by: Callable[[set[str]], Iterable[str]]) -> set[str]:
    objects: dict[Object, tuple[dict[str, Any], ...]] = {
        Object("dublin-1", "key", Part(TYPE, name)): ({"urn": urn(name), "type": TYPE, "custom": True, "id": name},)
        for name in names
    }
    found = said(STATE, objects, cast("Judges", Rule(by)))
    assert all(reasons for reasons in found.values())
    return {one.name for one in found}


def test_what_nothing_is_said_against_passes() -> None:
    assert asked("a", "b", by=lambda _: ()) == set()


def test_what_passes_only_with_one_that_is_refused_is_refused() -> None:
    def by(there: set[str]) -> Iterable[str]:
        yield urn("a")
        if "a" not in there:
            yield urn("b")

    assert asked("a", "b", "c", by=by) == {"a", "b"}


def test_who_turns_something_of_the_stack_red_is_refused_alone() -> None:
    assert asked("a", "b", by=lambda there: [STANDING] if "a" in there else []) == {"a"}


def test_who_turn_it_red_only_together_are_all_refused() -> None:
    assert asked("a", "b", by=lambda there: [STANDING] if {"a", "b"} <= there else []) == {"a", "b"}


def test_what_was_red_before_is_nobodys_fault() -> None:
    assert asked("a", "b", by=lambda _: [STANDING]) == set()


def test_what_is_soon_refused_may_be_adopted_and_is_told() -> None:
    one = Object("dublin-1", "key", Part(TYPE, "a"))
    entries = ({"urn": urn("a"), "type": TYPE, "custom": True, "id": "a"},)

    class Warns(Rule):
        def findings(self, resources: Iterable[Resource]) -> Mapping[str, tuple[Finding, ...]]:
            """Return that the object is warned of."""
            return {each.urn: (finding(each.urn, "warned"),) if each.urn == urn("a") else () for each in resources}

    found = said(STATE, {one: entries}, cast("Judges", Warns(lambda _: ())))
    assert [reason.verdict for reason in found[one]] == ["warned"]
    assert Judged(one, found[one], entries).answer == "adoptable"

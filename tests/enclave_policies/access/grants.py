"""Rights as cases: the shipped stack with something changed or added, and what the pack says of it."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enclave_policies.judging.judge import judge_stack
from enclave_policies.resources.resource import UNKNOWN, Resource
from enclave_policies.rules.access import ACCESS

from located_yaml import load
from tests.corpus_cases import with_unknowns
from tests.enclave_policies.access.cases import law
from tests.enclave_policies.shipped import shipped
from tests.enclave_policies.wellformed import ill_formed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.reading.finding import Finding

OURS = (
    *("aws:iam/", "aws:s3/", "aws:kms/", "aws:cloudtrail/", "aws:ec2/launchTemplate:"),
    *("kubernetes:rbac", "kubernetes:core/v1:ServiceAccount", "kubernetes:batch"),
    *("enclave:aws:Inspection", "enclave:kubernetes:Inspection", "kubernetes:apps/v1:StatefulSet"),
)
RULES = tuple(rule for rule in ACCESS if rule.id in {f"ACC-0{number:02}" for number in range(7, 13)})


@dataclass(frozen=True)
class Case:
    """One stack: what is changed, added or gone in the shipped one, and who refuses it, with words that it says."""

    name: str
    raw: Mapping[str, Any]

    @property
    def expect(self) -> frozenset[str]:
        """The rules that refuse it."""
        return frozenset(self.raw["expect"])

    def stack(self) -> list[Resource]:
        """Return the resources; each change and each loss must meet one."""
        changes, lost = dict(self.raw.get("change", {})), set(self.raw.get("without", ()))
        kept = []
        for resource in _shipped():
            called = f"{resource.type.rpartition(':')[2]} {resource.name}"
            if called in lost:
                lost.remove(called)
                continue
            change = changes.pop(called, None)
            kept.append(_changed(resource, with_unknowns(change, UNKNOWN)) if change else resource)
        assert not changes, f"{self.name}: nothing to change is called {list(changes)}"
        assert not lost, f"{self.name}: nothing to lose is called {lost}"
        return [*kept, *map(_added, self.raw.get("add", ()))]

    def findings(self) -> list[Finding]:
        """Return what the pack finds."""
        return [finding for found in judge_stack(self.stack(), law(), RULES).values() for finding in found]

    def differences(self) -> list[str]:
        """Return how the findings differ from what is expected."""
        findings = self.findings()
        found = {finding.rule for finding in findings}
        wrong = [f"{rule} said nothing" for rule in sorted(self.expect - found)]
        wrong += [f"unexpected: {finding.message}" for finding in findings if finding.rule not in self.expect]
        says = self.raw.get("says", "")
        if says and not any(says in finding.message for finding in findings):
            wrong.append(f"nobody said {says!r} but {[finding.message for finding in findings]}")
        return wrong + ill_formed(findings)


@cache
def _shipped() -> tuple[Resource, ...]:
    return tuple(one for one in shipped("local") if one.type.startswith(OURS) and "dublin-2" not in one.name)


def _changed(resource: Resource, change: Mapping[str, Any]) -> Resource:
    """Return a resource with inputs replaced; ``statements`` are added to its policy, ``fewer`` taken out by Sid.

    ``more`` are added to lists, ``texts`` replaced in the inputs as JSON; in user data, in the clear.
    """
    special = ("statements", "fewer", "more", "texts")
    props = {**resource.props, **{key: value for key, value in change.items() if key not in special}}
    for name, items in change.get("more", {}).items():
        props[name] = [*props[name], *items]
    for before, after in change.get("texts", {}).items():
        props = _replaced(props, before, after)
    if "statements" in change or "fewer" in change:
        policy = json.loads(props["policy"])
        kept = [one for one in policy["Statement"] if one["Sid"] not in change.get("fewer", ())]
        props["policy"] = json.dumps({**policy, "Statement": [*kept, *change.get("statements", ())]})
    return replace(resource, props={key: value for key, value in props.items() if value is not None})


def _replaced(props: dict[str, Any], before: str, after: str) -> dict[str, Any]:
    told = b64decode(props["userData"]).decode() if "userData" in props else json.dumps(props)
    assert before in told, f"there is no {before!r}"
    told = told.replace(before, after)
    return {**props, "userData": b64encode(told.encode()).decode()} if "userData" in props else dict(json.loads(told))


def _added(raw: Mapping[str, Any]) -> Resource:
    """Return a new resource; what is written out as a document becomes its text, as programs hand it over."""
    props = {key: _texts(key, value) for key, value in with_unknowns(raw["props"], UNKNOWN).items()}
    kind = "kubernetes" if raw["type"].startswith("kubernetes:") else "aws"
    provider = next(one.provider for one in _shipped() if one.provider and one.type.startswith(kind))
    urn = f"urn:pulumi:local::enclave::{raw['type']}::{raw['name']}"
    depends = {key: tuple(map(_urn, values)) for key, values in raw.get("depends", {}).items()}
    return Resource(urn, raw["type"], raw["name"], props, provider, depends=depends)


def _texts(key: str, value: Any) -> Any:
    return (
        json.dumps(value)
        if key in ("policy", "assumeRolePolicy", "inlinePolicy") and isinstance(value, dict)
        else value
    )


def _urn(called: str) -> str:
    type_, _, name = called.rpartition(" ")
    return f"urn:pulumi:local::enclave::{type_}::{name}"


@cache
def grants() -> tuple[Case, ...]:
    """Return every case."""
    return tuple(_cases())


def _cases() -> Iterator[Case]:
    for raw in load(Path(__file__).with_name("grants.yaml")).data:
        assert set(raw) <= {"case", "change", "without", "add", "expect", "says"}, raw["case"]
        yield Case(raw["case"], raw)

"""Gateways as cases: what is of them in a shipped stack with something changed, and what some rules say of it."""

from __future__ import annotations

import base64
from copy import deepcopy
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
    from collections.abc import Mapping

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.rule import Question

OURS = (
    "enclave:index:Leaving",
    "enclave:kubernetes:GatewayHosts",
    "enclave:aws:GatewayHosts",
    "kubernetes:apps",
    "kubernetes:core/v1:ConfigMap",
    "kubernetes:core/v1:Service",
)
OF_A_WATCH = ("kubernetes:batch", "kubernetes:rbac", "enclave:kubernetes:Inspection")
"""What is of a watch, beside: the stack `local` alone declares one."""
OURS_IN_AWS = ("aws:lb/", "aws:autoscaling/", "aws:ec2/launchTemplate", "aws:s3/bucket:", "aws:s3/bucketObjectv2")
RULES = tuple(rule for rule in ACCESS if rule.id == "ACC-013")
OF_DECLARED = tuple(rule for rule in ACCESS if rule.id in ("ACC-014", "ACC-015", "ACC-016"))
OF_WATCHES = tuple(rule for rule in ACCESS if rule.id in ("ACC-009", "ACC-012", "ACC-013"))
OF_LEAVING = tuple(rule for rule in ACCESS if rule.id == "ACC-017")
FORMS = {"case", "set", "append", "text", "add", "expect"}


@dataclass(frozen=True)
class Case:
    """One stack: what is changed in a shipped one, and words of each refusal of some rules; none where it is clean."""

    name: str
    raw: Mapping[str, Any]
    rules: tuple[Question, ...] = RULES
    base: str = "eu-prod"

    @property
    def expect(self) -> tuple[str, ...]:
        """Words that the refusals say."""
        return tuple(self.raw["expect"])

    def stack(self) -> list[Resource]:
        """Return the resources; whatever is changed must be there."""
        found = {_called(one): one for one in _shipped(self.base)}
        for form, change in (("set", _set), ("append", _append), ("text", _text)):
            for called, changes in self.raw.get(form, {}).items():
                one = found[called]
                props = deepcopy(dict(one.props))
                for path, value in changes.items():
                    change(props, path.split("."), with_unknowns(value, UNKNOWN))
                assert props != one.props, f"{self.name}: nothing is changed in {called}"
                found[called] = replace(one, props=props)
        return [*found.values(), *(_added(one, self.base) for one in self.raw.get("add", ()))]

    def findings(self) -> list[Finding]:
        """Return what the rule finds."""
        return [finding for found in judge_stack(self.stack(), law(), self.rules).values() for finding in found]

    def differences(self) -> list[str]:
        """Return how the findings differ from what is expected."""
        findings = self.findings()
        said = [finding.message for finding in findings]
        wrong = [f"nobody said {words!r} but {said}" for words in self.expect if not any(words in one for one in said)]
        wrong += [f"unexpected: {one}" for one in said if not any(words in one for words in self.expect)]
        return wrong + ill_formed(findings)


def _called(resource: Resource) -> str:
    return f"{resource.type.rpartition(':')[2]} {resource.name}"


@cache
def _shipped(base: str) -> tuple[Resource, ...]:
    return tuple(
        one
        for one in shipped(base)
        if one.type.startswith(OURS)
        or (base == "local" and one.type.startswith(OF_A_WATCH))
        or (one.type.startswith(OURS_IN_AWS) and "dublin-2" not in one.name)
    )


def _holder(props: Any, path: list[str]) -> tuple[Any, Any]:
    for step in path[:-1]:
        props = props[int(step)] if isinstance(props, list) else props[step]
    return props, int(path[-1]) if isinstance(props, list) else path[-1]


def _set(props: Any, path: list[str], value: Any) -> None:
    """Replace an input; null takes it away."""
    holder, step = _holder(props, path)
    if value is None:
        del holder[step]
    else:
        holder[step] = value


def _append(props: Any, path: list[str], value: Any) -> None:
    holder, step = _holder(props, path)
    holder[step] = [*holder[step], *value]


def _text(props: Any, path: list[str], value: Mapping[str, str]) -> None:
    """Replace texts in an input; user data is in base64."""
    holder, step = _holder(props, [step.replace("/", ".") for step in path])
    encoded = step == "userData"
    text = base64.b64decode(holder[step]).decode() if encoded else holder[step]
    for before, after in value.items():
        assert before in text, f"there is no {before!r} in {text}"
        text = text.replace(before, after)
    holder[step] = base64.b64encode(text.encode()).decode() if encoded else text


def _added(raw: Mapping[str, Any], base: str) -> Resource:
    """Return a new resource, or one like a shipped one with something set."""
    like = next(one for one in _shipped(base) if _called(one) == raw["like"])
    type_ = raw.get("type", like.type)
    props = deepcopy(dict(like.props)) if type_ == like.type else {}
    for path, value in raw["set"].items():
        _set(props, path.split("."), with_unknowns(value, UNKNOWN))
    urn = f"urn:pulumi:{base}::enclave::{type_}::{raw['name']}"
    outputs = {"id": f"{type_}:{raw['name']}", **raw.get("outputs", {})}
    return Resource(urn, type_, raw["name"], props, like.provider, outputs=outputs)


@cache
def starts() -> tuple[Case, ...]:
    """Return every case of how gateways start."""
    return _cases("starts.yaml", RULES, "eu-prod")


@cache
def declared() -> tuple[Case, ...]:
    """Return every case of what is declared of gateways."""
    return _cases("declared.yaml", OF_DECLARED, "local")


@cache
def leaving() -> tuple[Case, ...]:
    """Return every case of what leaves."""
    return _cases("leaving.yaml", OF_LEAVING, "local")


@cache
def watches() -> tuple[Case, ...]:
    """Return every case of a watch that runs by itself."""
    return _cases("watches.yaml", OF_WATCHES, "local")


def _cases(file: str, rules: tuple[Question, ...], base: str) -> tuple[Case, ...]:
    cases = load(Path(__file__).with_name(file)).data
    assert all(set(raw) <= FORMS for raw in cases)
    return tuple(Case(raw["case"], raw, rules, base) for raw in cases)

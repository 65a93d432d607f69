"""What a rule allows and what it refuses, from the samples and cases that the tests judge."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.judging.packs import EVERY
from enclave_policies.resources.unknown import UNKNOWN

from tests.enclave_policies.access import cases as access
from tests.enclave_policies.access.accepted import accepted
from tests.enclave_policies.access.grants import grants
from tests.enclave_policies.access.starts import declared, leaving, starts
from tests.enclave_policies.key_custody import cases as custody
from tests.enclave_policies.sampling import samples
from tests.enclave_policies.segmentation import test_breaks as segmentation
from tests.mutation.verdicts import TODAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.rule import Question
    from enclave_policies.resources.resource import Resource

    from tests.enclave_policies.access.accepted import Case as Sites
    from tests.enclave_policies.access.grants import Case as Rights
    from tests.enclave_policies.access.starts import Case as Starts
    from tests.enclave_policies.sampling import Sample
    from tests.enclave_policies.segmentation.breaking import Change

SHIPPED_PROVIDERS: Final = ("dublin-1", "hamar")
UNKNOWN_YET: Final = "<not known yet>"


@dataclass(frozen=True)
class Example:
    """Resources, or changes to the shipped stack, and what the rule says of them: nothing where it allows them."""

    words: str
    content: Any
    message: str = ""


@dataclass(frozen=True)
class Examples:
    """One of each."""

    allowed: Example
    refused: Example


def examples(rule: Question) -> Examples:
    """Return a rule's examples. Raises LookupError where the tests have none: add a sample of the rule's name."""
    found = {"ACC": _of_tables, "JUR": _of_samples, "KEY": _of_custody, "SEG": _of_breaks}.get(
        rule.id.partition("-")[0], _of_samples
    )(rule)
    if rule.id not in found.refused.message:
        raise LookupError(f"the example that {rule.id} {rule.name} refuses is not refused by it: {found.refused}")
    return found


@cache
def _law() -> Law:
    return EVERY.load(None, TODAY)


def _of_samples(rule: Question) -> Examples:
    own = samples(rule.name)
    allowed = next(sample for sample in own if "disallowed" not in sample.raw["sample"] and not sample.expect)
    refused = next(sample for sample in own if rule.id in sample.expect)
    return Examples(
        Example("", _sampled(allowed)),
        Example("", _sampled(refused), _said(rule, refused.judged(_law()))),
    )


def _sampled(sample: Sample) -> Any:
    resource = sample.resource()
    others = [
        {"type": other["type"], "inputs": _shown(other.get("props", {}))} for other in sample.raw.get("others", ())
    ]
    described = _described(resource, _provider(sample))
    return [described, *others] if others else described


def _provider(sample: Sample) -> Any:
    """Return the name of a provider of the shipped sites, and any other written out."""
    if "itself" in sample.raw or sample.provider is None:
        return None
    name = sample.raw["provider"]
    return (
        name
        if name in SHIPPED_PROVIDERS
        else {"name": name, "type": sample.provider["type"], "inputs": _shown(sample.provider["props"])}
    )


def _of_custody(rule: Question) -> Examples:
    every = {case.name: case for case in custody.cases("samples")}
    allowed, refused = (every[f"samples: {rule.name} {kind}"] for kind in ("allowed", "disallowed"))
    return Examples(
        Example("", [_described(one, None) for one in allowed.stack()]),
        Example("", [_described(one, None) for one in refused.stack()], _said(rule, refused.findings(custody.law()))),
    )


def _of_tables(rule: Question) -> Examples:
    """Show what a case changes of the tests' enclave: its bundle would be pages long."""
    rights: dict[str, Rights | Starts | Sites] = {}
    rights |= {case.name: case for case in grants()}
    rights |= {case.name: case for case in (*starts(), *declared(), *leaving())}
    rights |= {case.name: case for case in accepted()}
    if f"{rule.name} allowed" in rights:
        return _of_rights(rule, rights)
    every = {case.name: case for case in access.cases()}
    allowed, refused = (every[f"{rule.name} {kind}"] for kind in ("allowed", "disallowed"))
    shown = [
        {
            name: case.raw[name]
            for name in ("decide", "files", "props", "command", "images", "approvals")
            if name in case.raw
        }
        for case in (allowed, refused)
    ]
    return Examples(Example("", shown[0]), Example("", shown[1], _said(rule, refused.findings())))


def _of_rights(rule: Question, every: Mapping[str, Rights | Starts | Sites]) -> Examples:
    """Show what a case changes of the shipped stack."""
    allowed, refused = (every[f"{rule.name} {kind}"] for kind in ("allowed", "disallowed"))
    shown = [
        {
            name: _shown(case.raw[name])
            for name in ("change", "without", "set", "append", "text", "add", "sites", "accepted")
            if name in case.raw
        }
        for case in (allowed, refused)
    ]
    return Examples(Example("", shown[0]), Example("", shown[1], _said(rule, refused.findings())))


def _of_breaks(rule: Question) -> Examples:
    """Take the shortest break for which there is a near miss of its family, else any near miss."""
    book = segmentation.BOOK
    near = {family: min(changes, key=_length) for family, changes in _by_family(book.near_misses).items()}
    breaks = sorted(
        (each for each in book.breaks if rule.id in each.rules),
        key=lambda each: (each.family not in near, _length(each)),
    )
    if not breaks:
        raise LookupError(
            f"no break is refused by {rule.id} {rule.name}; write one in tests/enclave_policies/segmentation"
        )
    refused = breaks[0]
    allowed = near.get(refused.family) or min(book.near_misses, key=_length)
    return Examples(
        Example(allowed.says, _shown(list(allowed.do))),
        Example(refused.says, _shown(list(refused.do)), _said(rule, segmentation.found(refused, "state"))),
    )


def _by_family(changes: Iterable[Change]) -> Mapping[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.family, []).append(change)
    return found


def _length(change: Change) -> tuple[int, str]:
    return len(json.dumps(list(change.do), default=str)), change.id


def _said(rule: Question, findings: Iterable[Finding]) -> str:
    return next((finding.message for finding in findings if finding.rule == rule.id), "")


def _described(resource: Resource, provider: Any) -> dict[str, Any]:
    described: dict[str, Any] = {"type": resource.type}
    if provider is not None:
        described["provider"] = provider
    described["inputs"] = _shown(dict(resource.props))
    if resource.outputs:
        described["outputs"] = _shown(dict(resource.outputs))
    return described


def _shown(value: Any) -> Any:
    """Return a value as a person reads it: documents inside texts are written out."""
    if value is UNKNOWN or value == "<unknown>":
        return UNKNOWN_YET
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            return _shown(json.loads(value))
        except ValueError:
            return value
    return value

"""Samples as data: read them, make resources of them, say how a verdict differs from what a sample expects."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enclave_policies.judging.judge import judge_stack
from enclave_policies.resources.resource import UNKNOWN, Provider, Resource
from enclave_policies.rules.jurisdiction import JURISDICTION

import located_yaml
from tests.corpus_cases import with_unknowns
from tests.enclave_policies.wellformed import ill_formed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.rule import Question

FOLDER = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class Sample:
    """One resource and, per rule id, the parts that its refusal must say; no rule means that it comes out clean.

    ``about``: per rule id, the places and inputs that its finding must name as data.
    """

    name: str
    raw: Mapping[str, Any]
    provider: Mapping[str, Any] | None
    expect: Mapping[str, list[str]]
    count: int
    known: set[str] = field(
        default_factory=lambda: {
            *(
                "sample",
                "type",
                "props",
                "provider",
                "itself",
                "custom",
                "expect",
                "count",
                "outputs",
                "others",
                "sealed",
                "about",
            )
        }
    )

    def resource(self) -> Resource:
        """Return the resource, as a judge that needs no engine gets it."""
        if "itself" in self.raw:
            provider = self.as_provider()
            return Resource(provider.urn, provider.type, provider.name, provider.props)
        provider_or_none = self.as_provider() if self.provider is not None else None
        return Resource(
            urn=urn(self.raw["type"], "sample"),
            type=self.raw["type"],
            name="sample",
            props=with_unknowns(self.raw.get("props", {}), UNKNOWN),
            provider=provider_or_none,
            custom=self.raw.get("custom"),
            outputs=with_unknowns(self.raw.get("outputs", {}), UNKNOWN),
            sealed=self.raw.get("sealed", False),
        )

    def judged(self, law: Law, rules: Sequence[Question] = JURISDICTION) -> tuple[Finding, ...]:
        """Return what the rules find on the resource, in a stack with the sample's other resources."""
        resource = self.resource()
        others = [
            replace(resource, urn=urn(other["type"], f"other-{index}"), name=f"other-{index}", **other)
            for index, other in enumerate(self.raw.get("others", ()))
        ]
        return judge_stack([resource, *others], law, rules)[resource.urn]

    def as_provider(self) -> Provider:
        """Return the sample's provider."""
        assert self.provider is not None
        name = self.raw.get("itself") or self.raw["provider"]
        type_ = self.provider["type"]
        return Provider(urn(type_, name), type_, name, with_unknowns(self.provider["props"], UNKNOWN))

    def differences(self, findings: Iterable[Finding]) -> list[str]:
        """Return how these findings differ from what the sample expects."""
        findings = list(findings)
        found = {finding.rule for finding in findings}
        wrong = [f"{rule} said nothing" for rule in self.expect if rule not in found]
        wrong += [f"unexpected: {f.message}" for f in findings if f.rule not in self.expect]
        wrong += ill_formed(findings)
        for rule, parts in self.expect.items():
            said = " | ".join(finding.message for finding in findings if finding.rule == rule)
            wrong += [f"{rule} does not say {part!r} but {said!r}" for part in parts if part not in said]
        for rule, parts in self.raw.get("about", {}).items():
            told = [part for finding in findings if finding.rule == rule for part in _about(finding)]
            wrong += [f"{rule} is not about {part!r} but {told}" for part in parts if part not in told]
        if not wrong and len(findings) != self.count:
            wrong.append(f"{len(findings)} findings instead of {self.count}")
        return wrong


def _about(finding: Finding) -> Iterator[str]:
    """Yield what a finding is about beside its words: the place, and where in the inputs that stands."""
    yield from (part for part in (finding.where, finding.country) if part is not None)
    if finding.claim is not None:
        yield from (finding.claim.kind, finding.claim.path)


def samples(file: str) -> list[Sample]:
    """Return the samples of one file."""
    providers = located_yaml.load(FOLDER / "providers.yaml").data
    made = []
    for raw in located_yaml.load(FOLDER / f"{file}.yaml").data:
        name = raw.get("itself") or raw.get("provider")
        sample = Sample(
            name=f"{file}: {raw['sample']}",
            raw=raw,
            provider=providers[name] if name else None,
            expect=raw["expect"],
            count=raw.get("count", len(raw["expect"])),
        )
        assert set(raw) <= sample.known, f"{sample.name}: unknown key"
        made.append(sample)
    return made


def all_samples() -> list[Sample]:
    """Return the samples of every file."""
    files = sorted(file.stem for file in FOLDER.glob("*.yaml") if file.stem != "providers")
    return [sample for file in files for sample in samples(file)]


def urn(type_: str, name: str) -> str:
    """Return a URN of stack local, project enclave."""
    return f"urn:pulumi:local::enclave::{type_}::{name}"

"""Cases as data: a stack put together from parts, judged in a state (ids known) or in a plan (ids unknown)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.custody import KeyStore, ListedKey, ListedStorage, Outsiders
from enclave_policies.law.folder.custody import load_custody_law
from enclave_policies.resources.resource import UNKNOWN, Provider, Resource
from enclave_policies.rules.key_custody import KEY_CUSTODY

import located_yaml
from tests.corpus_cases import with_unknowns
from tests.enclave_policies.sampling import FOLDER as SAMPLES
from tests.enclave_policies.sampling import urn
from tests.enclave_policies.wellformed import ill_formed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.rule import Question

HERE = Path(__file__).parent
REFERENCE = re.compile(r"\{\{([a-z-]+)\.(id|arn)\}\}")
DAY = date(2026, 11, 22)
LISTED = "arn:aws:kms:eu-west-1:111122223333:key/77777777-aaaa-4aaa-8aaa-777777777777"
KNOWN = {"case", "resources", "expect", "says"}


@dataclass(frozen=True)
class Case:
    """A stack, the rules that must speak of it (and no others), and what one of them must say."""

    name: str
    resources: tuple[Any, ...]
    expect: frozenset[str]
    says: str

    def stack(self, *, planned: bool = False) -> list[Resource]:
        """Return the resources; ``planned``: what comes from another resource is unknown, its source is recorded."""
        made = [_made(raw) for raw in self.resources]
        return [_resource(name, raw, dict(made), planned=planned) for name, raw in made]

    def findings(self, law: Law, rules: Sequence[Question] = KEY_CUSTODY, *, planned: bool = False) -> list[Finding]:
        """Return what the rules find in the whole stack."""
        judged = judge_stack(self.stack(planned=planned), law, rules)
        return [finding for found in judged.values() for finding in found]

    def differences(self, law: Law, rules: Sequence[Question] = KEY_CUSTODY, *, planned: bool = False) -> list[str]:
        """Return how the findings differ from what is expected."""
        findings = self.findings(law, rules, planned=planned)
        found = {finding.rule for finding in findings}
        wrong = [f"{rule} said nothing" for rule in sorted(self.expect - found)]
        wrong += [f"unexpected: {f.message}" for f in findings if f.rule not in self.expect]
        wrong += ill_formed(findings)
        if self.says and not any(self.says in finding.message for finding in findings):
            wrong.append(
                f"nobody said {self.says!r} but {[finding.problem or finding.message for finding in findings]}"
            )
        return wrong


@lru_cache(maxsize=64)
def cases(file: str) -> tuple[Case, ...]:
    """Return the cases of one file beside this one."""
    made = []
    for raw in located_yaml.load(HERE / f"{file}.yaml").data:
        assert set(raw) <= KNOWN, f"{raw['case']}: unknown key"
        case = Case(
            f"{file}: {raw['case']}", tuple(raw["resources"]), frozenset(raw["expect"]), str(raw.get("says", ""))
        )
        made.append(case)
    return tuple(made)


@lru_cache(maxsize=1)
def law() -> Law:
    """Return the shipped law on the day of the cases, with a listed key, a key store, and whoever is own or foreign."""
    shipped = load_custody_law(as_of=DAY)
    assert shipped.custody is not None
    decided = replace(
        shipped.custody.decided,
        keys={LISTED: ListedKey(site="dublin-1", country="IE", classes=("restricted",))},
        key_stores={
            "hamar-hsm": KeyStore(site="hamar", country="NO", endpoint="https://xks.hamar.example"),
            "dublin-hsm": KeyStore(site="dublin-1", country="IE", cluster="cluster-listed"),
        },
        outsiders=Outsiders(
            accounts={"999988887777": "the parent company"}, organizations={"o-parent1234": "the parent"}
        ),
        storage_classes={"arrays": ListedStorage(cluster="hamar", encrypted_by="self-encrypting disks")},
    )
    organizations = frozenset({"o-enclave1234"})
    return replace(shipped, organizations=organizations, custody=replace(shipped.custody, decided=decided))


@lru_cache(maxsize=1)
def _parts() -> Mapping[str, Any]:
    parts: dict[str, Any] = located_yaml.load(HERE / "parts.yaml").data
    return parts


@lru_cache(maxsize=1)
def _providers() -> Mapping[str, Any]:
    providers: dict[str, Any] = located_yaml.load(SAMPLES / "providers.yaml").data
    tags = json.dumps({"tags": {"site": "dublin-1", "data-class": "restricted"}})
    return providers | {
        "tagged": {"type": "pulumi:providers:aws", "props": {"region": "eu-west-1", "defaultTags": tags}}
    }


def _made(raw: Any) -> tuple[str, dict[str, Any]]:
    """Return a resource's name and its description: a part as it is, or changed, or written out."""
    change = {"part": raw} if isinstance(raw, str) else dict(raw)
    base = _parts()[change["part"]] if "part" in change else {}
    name = change.pop("name", None) or change.pop("part")
    change.pop("part", None)
    described = _merged(base, change)
    if "statements" in described:
        statements = [*described.pop("statements"), *described.pop("more", ())]
        described["props"] = {
            **described["props"],
            "policy": json.dumps({"Version": "2012-10-17", "Statement": statements}),
        }
    return name, described


def _merged(base: Any, change: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(change, dict):
        return change
    merged = {key: _merged(value, change[key]) if key in change else value for key, value in base.items()}
    merged |= {key: value for key, value in change.items() if key not in base}
    return {key: value for key, value in merged.items() if value is not None}


def _resource(name: str, raw: Mapping[str, Any], made: Mapping[str, Any], *, planned: bool) -> Resource:
    depends = {key: tuple(dict.fromkeys(_sources(value, made))) for key, value in raw.get("props", {}).items()}
    props = with_unknowns(_filled(raw.get("props", {}), planned=planned), UNKNOWN)
    provider = raw.get("provider", "hamar" if raw["type"].startswith("kubernetes:") else "dublin-1")
    kind = _providers()[provider]
    parent = raw.get("parent")
    return Resource(
        urn=urn(raw["type"], name),
        type=raw["type"],
        name=name,
        props=props,
        provider=Provider(urn(kind["type"], provider), kind["type"], provider, kind["props"]),
        parent=urn(made[parent]["type"], parent) if parent else None,
        outputs={} if planned else raw.get("outputs", {}),
        depends={key: urns for key, urns in depends.items() if urns},
    )


def _sources(value: Any, made: Mapping[str, Any]) -> list[str]:
    if isinstance(value, dict):
        return [source for item in value.values() for source in _sources(item, made)]
    if isinstance(value, list):
        return [source for item in value for source in _sources(item, made)]
    named = REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return [urn(made[named[1]]["type"], named[1])] if named and named[1] in made else []


def _filled(value: Any, *, planned: bool) -> Any:
    if isinstance(value, dict):
        return {key: _filled(item, planned=planned) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, planned=planned) for item in value]
    named = REFERENCE.fullmatch(value) if isinstance(value, str) else None
    if named is None:
        return value
    return UNKNOWN if planned else _parts()[named[1]]["outputs"][named[2]]

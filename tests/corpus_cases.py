"""The labelled corpus (corpus/*.yaml): read it, make an exported state of a case, or the resources that rules judge."""

from __future__ import annotations

import json
import shutil
import uuid
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from enclave_policies.resources.resource import UNKNOWN, Provider, Resource

import located_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FOLDER = Path(__file__).parent / "corpus"
PACK = Path(__file__).parents[1] / "policy-packs" / "jurisdiction"
PROVIDERS = "providers.yaml"
WRITTEN_UNKNOWN = "<unknown>"
UNREADABLE = "[secret]"  # what the engine shows of a secret that it cannot decrypt
SIGNATURE = "4dabf18193072939515e22adb298388d"  # of a secret, the only signed value that a case may hold
EXPORTED_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # how the engine writes one; no finished run leaves any
STACK_TYPE = "pulumi:pulumi:Stack"
STACK = f"urn:pulumi:local::enclave::{STACK_TYPE}::enclave-local"
VERDICTS = ("violation", "undetermined", "precursor", "clean")
CASE_KEYS = frozenset({"id", "title", "verdict", "rules", "resources", "planned", "as_of", "law"})
RESOURCE_KEYS = frozenset(
    {"name", "type", "provider", "inputs", "outputs", "id", "parent", "custom", "external", "protect"}
)
PROVIDER_KEYS = frozenset({"type", "name", "inputs"})
ALWAYS_THE_SAME = uuid.UUID("00000000-0000-0000-0000-000000000000")


@dataclass(frozen=True)
class Case:
    """One small stack and what the pack must say of it: refused, unless ``verdict`` is clean.

    ``resources`` are as written; ``planned`` cases hold unknown values; ``file`` is the name of the case's file.
    """

    id: str
    title: str
    verdict: Literal["violation", "undetermined", "precursor", "clean"]
    resources: Sequence[Mapping[str, Any]]
    rules: frozenset[str] = frozenset()
    planned: bool = False
    as_of: date | None = None
    law: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""

    @property
    def refused(self) -> bool:
        """Whether the pack must refuse it."""
        return self.verdict != "clean"


@cache
def load_cases() -> tuple[Case, ...]:
    """Return every case of every file, in the order of files; ValueError names everything that is badly written."""
    cases: list[Case] = []
    wrong: list[str] = []
    for file in sorted(file for file in FOLDER.glob("*.yaml") if file.name != PROVIDERS):
        document = located_yaml.load(file)
        for index, raw in enumerate(document.data or []):
            problems = list(_problems(raw))
            if not problems and any(case.id == raw["id"] for case in cases):
                problems.append("this id is taken")
            wrong += [f"{document.position((index,))}: {raw.get('id')}: {problem}" for problem in problems]
            if not problems:
                cases.append(_case(raw, file.name))
    if wrong:
        raise ValueError("\n".join(wrong))
    return tuple(cases)


def as_export(*cases: Case) -> dict[str, Any]:
    """Return a state export (version 3) of one case, or of several whose names then begin with their ids.

    The unknown values of a planned case are written as the engine would, though no finished run leaves any.
    """
    return {
        "version": 3,
        "deployment": {
            "manifest": {"time": "2026-11-29T00:00:00Z", "magic": "", "version": "v3.259.0"},
            "secrets_providers": {"type": "", "state": {}},
            "resources": with_unknowns(list(_entries(cases)), EXPORTED_UNKNOWN),
        },
    }


def as_resources(*cases: Case) -> list[Resource]:
    """Return what a judge that needs no engine sees of the same cases: stack, providers and all, in the same order."""
    providers: dict[str, Provider] = {}
    made: list[Resource] = []
    for entry in _entries(cases):
        urn, type_ = entry["urn"], entry["type"]
        name = urn.split("::", 3)[3]
        props = _told(entry["inputs"])
        if type_.startswith("pulumi:providers:"):
            providers[urn] = Provider(urn, type_, name, props)
        provider = providers[entry["provider"].rpartition("::")[0]] if "provider" in entry else None
        outputs = _told(entry["outputs"])
        parent, sealed = entry.get("parent"), f'"{UNREADABLE}"' in json.dumps(entry["inputs"])
        made.append(Resource(urn, type_, name, props, provider, outputs=outputs, parent=parent, sealed=sealed))
    return made


def _told(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return what judges are told: nothing of what begins with ``__``, which is the engine's own."""
    return {key: _seen(value) for key, value in properties.items() if not key.startswith("__")}


def _seen(value: Any) -> Any:
    """Return a value as judges see it: secrets in the clear, what cannot be known as UNKNOWN."""
    if isinstance(value, dict):
        if SIGNATURE in value:
            return _seen(json.loads(value["plaintext"])) if "plaintext" in value else UNKNOWN
        return {key: _seen(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_seen(item) for item in value]
    return UNKNOWN if value in (WRITTEN_UNKNOWN, UNREADABLE) else value


def pack_of(case: Case, folder: Path) -> Path:
    """Return the pack that judges a case: the shipped one, or a copy in ``folder`` with the case's law.

    Of the law files that a case names, mappings are merged key by key, and everything else is replaced.
    """
    if not case.law:
        return PACK
    pack = folder / "jurisdiction"
    shutil.copytree(PACK, pack)
    project = pack / "PulumiPolicy.yaml"
    relative, absolute = "../../.venv", str(PACK.parents[1] / ".venv")
    project.write_text(project.read_text(encoding="utf-8").replace(relative, absolute), encoding="utf-8")
    for name, content in case.law.items():
        file = pack / "law" / name
        before = located_yaml.load(file).data if file.exists() else {}
        text = yaml.safe_dump(_merged(before, content), allow_unicode=True, sort_keys=False)
        file.write_text(text, encoding="utf-8")
    return pack


def with_unknowns(value: Any, unknown: Any = UNKNOWN) -> Any:
    """Return ``value`` with ``unknown`` wherever a case says ``<unknown>``."""
    if isinstance(value, dict):
        return {key: with_unknowns(item, unknown) for key, item in value.items()}
    if isinstance(value, list):
        return [with_unknowns(item, unknown) for item in value]
    return unknown if value == WRITTEN_UNKNOWN else value


def _merged(old: Any, new: Any) -> Any:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**old, **{key: _merged(old.get(key), item) for key, item in new.items()}}


@cache
def _providers() -> dict[str, dict[str, Any]]:
    return dict(located_yaml.load(FOLDER / PROVIDERS).data)


def _problems(raw: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"key '{key}' is unknown" for key in raw if key not in CASE_KEYS)
    yield from (f"'{key}' is missing" for key in ("id", "title", "verdict", "resources") if not raw.get(key))
    if raw.get("verdict") not in VERDICTS:
        yield f"verdict '{raw.get('verdict')}' is none of {', '.join(VERDICTS)}"
    names: list[str] = []
    for resource in raw.get("resources") or []:
        name = resource.get("name")
        yield from (f"{name}: key '{key}' is unknown" for key in resource if key not in RESOURCE_KEYS)
        yield from (f"{name}: '{key}' is missing" for key in ("name", "type") if not resource.get(key))
        provider = resource.get("provider")
        if isinstance(provider, str) and provider not in _providers():
            yield f"{name}: provider '{provider}' is not in {PROVIDERS}"
        if isinstance(provider, dict) and (not {"type", "name"} <= set(provider) or not set(provider) <= PROVIDER_KEYS):
            yield f"{name}: a provider written here has type, name and inputs"
        if resource.get("parent", name) not in [*names, name]:
            yield f"{name}: parent '{resource['parent']}' does not stand before it"
        if name in names:
            yield f"{name}: two resources have this name"
        names.append(name)
    if WRITTEN_UNKNOWN in str([_with_its_provider(resource) for resource in raw.get("resources") or []]):
        if not raw.get("planned"):
            yield f"holds {WRITTEN_UNKNOWN}, so it needs 'planned: true'"
    elif raw.get("planned"):
        yield f"is planned and holds no {WRITTEN_UNKNOWN}"


def _with_its_provider(resource: Mapping[str, Any]) -> list[Any]:
    provider = resource.get("provider")
    return [resource, _providers().get(provider) if isinstance(provider, str) else None]


def _case(raw: Mapping[str, Any], file: str) -> Case:
    return Case(
        id=str(raw["id"]),
        title=raw["title"],
        verdict=raw["verdict"],
        resources=tuple(raw["resources"]),
        rules=frozenset(raw.get("rules", ())),
        planned=raw.get("planned", False),
        as_of=date.fromisoformat(raw["as_of"]) if "as_of" in raw else None,
        law=raw.get("law", {}),
        file=file,
    )


def _entries(cases: Sequence[Case]) -> Iterator[dict[str, Any]]:
    """Yield the state's entries: the stack, then per case its providers and resources; a provider stands once."""
    yield {"urn": STACK, "custom": False, "type": STACK_TYPE, "inputs": {}, "outputs": {}}
    references: dict[tuple[str, str], tuple[str, Any]] = {}
    for case in cases:
        prefix = f"{case.id}-" if len(cases) > 1 else ""
        urns: dict[str, tuple[str, str]] = {}
        for raw in case.resources:
            reference = None
            if "provider" in raw:
                type_, name, inputs = _provider(raw["provider"])
                if references.get((type_, name), ("", inputs))[1] != inputs:
                    name = f"{name}-{case.id}"  # behind, as a default provider is told by how its name begins
                urn = f"urn:pulumi:local::enclave::{type_}::{name}"
                if (type_, name) not in references:
                    references[type_, name] = (f"{urn}::{uuid.uuid5(ALWAYS_THE_SAME, urn)}", inputs)
                    yield _provider_entry(urn, type_, references[type_, name][0], inputs)
                reference = references[type_, name][0]
            parent, chain = urns.get(raw.get("parent", ""), (STACK, ""))
            urn = f"urn:pulumi:local::enclave::{chain}{raw['type']}::{prefix}{raw['name']}"
            urns[raw["name"]] = (urn, f"{chain}{raw['type']}$")
            yield _entry(raw, urn, parent, reference)


def _provider(named: Any) -> tuple[str, str, dict[str, Any]]:
    if isinstance(named, str):
        return _providers()[named]["type"], named, _providers()[named]["inputs"]
    return named["type"], named["name"], named.get("inputs", {})


def _provider_entry(urn: str, type_: str, reference: str, inputs: dict[str, Any]) -> dict[str, Any]:
    id_ = reference.rpartition("::")[2]
    return {
        "urn": urn,
        "custom": True,
        "id": id_,
        "type": type_,
        "inputs": inputs,
        "outputs": inputs,
        "parent": STACK,
    }


def _entry(raw: Mapping[str, Any], urn: str, parent: str, reference: str | None) -> dict[str, Any]:
    custom = raw.get("custom", True)
    inputs = raw.get("inputs", {})
    id_ = str(raw.get("id", f"{raw['name']}-id"))
    entry = {
        "urn": urn,
        "custom": custom,
        "type": raw["type"],
        "inputs": inputs,
        "outputs": raw.get("outputs", {**inputs, "id": id_} if custom else {}),
        "parent": parent,
    }
    if custom:
        entry["id"] = id_
    if reference:
        entry["provider"] = reference
    return entry | {key: True for key in ("external", "protect") if raw.get(key)}

"""N resources of sixty types, the same for every judge: seeded, so that each run and each judge gets the same ones."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import located_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

region = "eu-west-1"
refused_one_in = 200
_table = Path(__file__).with_name("mixed.yaml")
_seed = 20261122


@dataclass(frozen=True)
class Entry:
    """One line of the table: a type under its names in both worlds, and its inputs in wire names, not yet filled in."""

    type: str
    terraform: str
    inputs: Mapping[str, Any]
    called: str | None
    often: int
    region: str | None

    @property
    def is_aws(self) -> bool:
        """Whether AWS holds it; Kubernetes does otherwise."""
        return self.type.startswith("aws:")

    @property
    def is_abroad(self) -> bool:
        """Whether its region or zone already tells that it must be refused."""
        zone = self.inputs.get("availabilityZone", region)
        return self.region not in (region, None) or (zone != "{zone}" and not zone.startswith(region))


@dataclass(frozen=True)
class Made:
    """One resource; ``inputs`` in wire names, with the region that the plugin fills in; ``refused``: on purpose."""

    entry: Entry
    name: str
    inputs: Mapping[str, Any]
    refused: bool


def mixed(count: int) -> tuple[Made, ...]:
    """Return ``count`` resources, of which one in `refused_one_in` must be refused."""
    return _Mix(located_yaml.load(_table).data, Random(_seed)).make(count)  # noqa: S311 (no secret depends on it)


class _Mix:
    def __init__(self, table: Mapping[str, Any], chance: Random) -> None:
        self.table = table
        self.chance = chance
        self.called: dict[str, list[str]] = defaultdict(list)
        self.namespaces: Sequence[str] = table["namespaces"]

    def make(self, count: int) -> tuple[Made, ...]:
        around = [(_entry(raw), place) for place in self.namespaces for raw in self.table["around"]]
        clean, refused = ([_entry(raw) for raw in self.table[kind]] for kind in ("clean", "refused"))
        rest = count - len(around)
        bad = [refused[number % len(refused)] for number in range(max(count // refused_one_in, 1))]
        common = [entry for entry in clean for _ in range(entry.often)]
        # Each type once; then as common as the table says.
        good = clean + [common[self.chance.randrange(len(common))] for _ in range(rest - len(bad) - len(clean))]
        if rest < len(clean) + len(bad):
            raise ValueError(f"{count} resources are too few for a mix of {len(clean)} types")
        drawn = [(entry, False) for entry in good] + [(entry, True) for entry in bad]
        self.chance.shuffle(drawn)
        named = [(entry, is_bad, f"{_short(entry)}-{number}") for number, (entry, is_bad) in enumerate(drawn)]
        for entry, is_bad, name in named:
            if entry.called and not is_bad:
                self.called[f"a {entry.called}"].append(name)
        first = [
            Made(entry, f"{_short(entry)}-{place}", self.fill(entry, place, place), False) for entry, place in around
        ]
        others = [
            Made(entry, name, self.fill(entry, name, self.chance.choice(self.namespaces)), is_bad)
            for entry, is_bad, name in named
        ]
        return (*first, *others)

    def fill(self, entry: Entry, name: str, namespace: str) -> dict[str, Any]:
        """Return the entry's inputs with every placeholder filled in."""
        bits, number = self.chance.getrandbits, self.chance.randrange
        own = {
            "name": name,
            "namespace": namespace,
            "zone": f"{region}{'abc'[number(3)]}",
            "hex": f"{bits(68):017x}",
            "digest": f"{bits(256):064x}",
            "network": f"10.16.{number(256)}.0/24",
            "address": f"10.16.{number(256)}.{number(1, 255)}",
            **{what: self.chance.choice(names) for what, names in self.called.items()},
        }
        inputs: dict[str, Any] = self._filled(entry.inputs, own)
        return {"region": entry.region, **inputs} if entry.region else inputs

    def _filled(self, value: Any, own: Mapping[str, str]) -> Any:
        if isinstance(value, str):
            for what, text in own.items():
                value = value.replace(f"{{{what}}}", text)
            return value
        if isinstance(value, list):
            return [self._filled(item, own) for item in value]
        if isinstance(value, dict):
            if value.keys() == {"use"}:
                return self._filled(self.table["shared"][value["use"]], own)
            if value.keys() == {"json"}:
                return json.dumps(self._filled(value["json"], own))
            return {key: self._filled(item, own) for key, item in value.items()}
        return value


def _entry(raw: Mapping[str, Any]) -> Entry:
    aws = raw["type"].startswith("aws:")
    own = raw.get("region", region) if aws else None
    return Entry(raw["type"], raw["terraform"], raw["inputs"], raw.get("is"), raw.get("often", 1), own or None)


def _short(entry: Entry) -> str:
    return entry.type.rpartition(":")[2].lower()

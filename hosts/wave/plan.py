"""The plan of a wave for workers on the site: an item for each part, and where plan and results lie."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from hosts.wave.parts import Part

if TYPE_CHECKING:
    from collections.abc import Mapping


class PlanError(ValueError):
    """A plan that is not the declared one, or cannot be read; the text says why."""


@dataclass(frozen=True)
class Item:
    """What one worker does: a part of a bucket, and the bucket that it fills."""

    source: str
    target: str
    part: Part


@dataclass(frozen=True)
class Plan:
    """Every part of every bucket, in order; an item's place is the index of its worker.

    ``number``: how often the wave was planned, so that a plan which cuts alike is another one, and workers run again.
    """

    number: int
    items: tuple[Item, ...]

    @property
    def content(self) -> bytes:
        """The plan as it lies in the journal's bucket; it holds names of objects."""
        told = {"number": self.number, "items": [asdict(each) for each in self.items]}
        return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()

    @property
    def name(self) -> str:
        """What a declaration says of it, PARTS-SHA256: how many workers there are, and of which plan."""
        return f"{len(self.items)}-{sha256(self.content).hexdigest()}"

    def parts(self, source: str) -> tuple[Part, ...]:
        """Return the parts of one bucket."""
        return tuple(each.part for each in self.items if each.source == source)


def planned(number: int, buckets: Mapping[str, tuple[str, tuple[Part, ...]]]) -> Plan:
    """Return the plan of buckets: there → (here, parts)."""
    items = (Item(source, target, part) for source, (target, parts) in buckets.items() for part in parts)
    return Plan(number, tuple(items))


def read_plan(content: bytes, name: str, buckets: Mapping[str, str]) -> Plan:
    """Return a plan of which the declaration says ``name`` and ``buckets``. Raises PlanError for any other."""
    if sha256(content).hexdigest() != name.partition("-")[2]:
        raise PlanError(f"the plan that lies there is not {name}, which is declared; plan again")
    try:
        told: dict[str, Any] = json.loads(content)
        items = tuple(Item(each["source"], each["target"], Part(**each["part"])) for each in told["items"])
        plan = Plan(told["number"], items)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise PlanError("the plan cannot be read; plan again") from None
    if plan.name != name:
        raise PlanError(f"the plan has {len(items)} parts, and {name} is declared; plan again")
    for each in items:
        if buckets.get(each.source) != each.target:
            raise PlanError(f"the plan moves {each.source} to {each.target}, which is not declared; plan again")
    return plan


@dataclass(frozen=True)
class Lying:
    """Where a plan and its results lie in the bucket of the journal."""

    wave: str
    plan: str

    @property
    def folder(self) -> str:
        """The beginning of every key."""
        return f"{self.wave}/{self.plan}/"

    @property
    def content(self) -> str:
        """The key of the plan itself."""
        return f"{self.folder}plan.json"

    @property
    def results(self) -> str:
        """The beginning of the results' keys."""
        return f"{self.folder}parts/"

    def result(self, index: int) -> str:
        """Return the key of one worker's result."""
        return f"{self.results}{index:06}.json"


def index_of(key: str) -> int:
    """Return the worker whose result lies under a key."""
    return int(key.rpartition("/")[2].partition(".")[0])

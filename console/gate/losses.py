"""What a plan takes away: what is replaced or deleted, what it holds or carries, and what that must be allowed by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from enclave_policies.identifiers.urns import urn_of

from components.protection import HOLDING
from console.marks import classes_of, marks_of, said
from console.site_state import RETAINED
from located_yaml import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from console.gate.record import Taken

TABLE: Final = Path(__file__).with_name("loss_table.yaml")
Weight = Literal["keys", "data", "carries"]
NAMESPACE: Final = "kubernetes:core/v1:Namespace"
OBJECTS: Final = frozenset({"aws:s3/bucketObject:BucketObject", "aws:s3/bucketObjectv2:BucketObjectv2"})
"""What the program itself writes into a bucket."""
CARRIERS: Final = frozenset({"aws:s3/bucket:Bucket", "kubernetes:apps/v1:StatefulSet"})
"""What may hold nothing by itself: a bucket of configuration, hosts whose volumes stay when they go."""
NO_DATA: Final = "none"
"""What the tag ``data-class`` says where there is no data in something, as for KEY-001."""


@dataclass(frozen=True)
class Loss:
    """One resource that a plan replaces or deletes.

    ``kind`` is a word for its type. ``site``, ``segment`` and ``classes`` (of data) are what its tags or labels say,
    None or empty where they say nothing. ``forced_by`` are the inputs whose change makes the engine replace it.
    """

    urn: str
    kind: str
    weight: Weight
    replaced: bool
    site: str | None = None
    segment: str | None = None
    classes: tuple[str, ...] = ()
    forced_by: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The resource's own name."""
        return urn_of(self.urn).name

    @property
    def full_name(self) -> str:
        """The resource's name with its type, which no other resource of a site has."""
        return f"{urn_of(self.urn).type}::{self.name}"

    @property
    def holds(self) -> bool:
        """Whether data or keys go with it: nothing brings them back."""
        return self.weight != "carries"

    @property
    def words(self) -> str:
        """What is lost, as a part of a sentence."""
        done = "replaces" if self.replaced else "deletes"
        where = ", ".join(
            [
                *([f"site {self.site}"] if self.site else ()),
                *([f"segment {self.segment}"] if self.segment else ()),
                *([f"data: {', '.join(self.classes)}"] if self.classes else ()),
            ]
        )
        because = f", as {', '.join(self.forced_by)} changes" if self.forced_by else ""
        return f"{done} the {self.kind} {self.name}{f' ({where})' if where else ''}{because}"


@dataclass(frozen=True)
class Losses:
    """Everything that a plan takes away, what holds data or keys first; ``parts`` counts what is only made anew.

    ``stays``: what it takes from the stack and leaves in the cloud, in words.
    """

    each: tuple[Loss, ...] = ()
    parts: int = 0
    stays: tuple[str, ...] = ()

    def but_for_retired(self, sites: frozenset[str], protected: Iterable[str]) -> Losses:
        """Return the same without deletions of sites that are declared no longer: `enclave retire` let those go.

        ``sites`` are declared, ``protected`` the URNs that the engine still protects.
        """
        kept = frozenset(protected)
        left = [
            loss
            for loss in self.each
            if loss.replaced or loss.urn in kept or loss.site is None or loss.site in sites or not loss.holds
        ]
        return replace(self, each=tuple(left))

    def word_for(self, loss: Loss) -> str:
        """Return what allows one loss by name: its name, and its type too where another loss has the same."""
        return loss.name if Counter(each.name for each in self.each)[loss.name] == 1 else loss.full_name


NOTHING: Final = Losses()


@dataclass(frozen=True)
class Allowed:
    """What a user allows: all replacements of what holds nothing, and whatever has one of these names."""

    replacements: bool = False
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, options: Iterable[str]) -> Allowed:
        """Return what the values of ``--allow-replace`` allow; an empty one is the option without a name."""
        given = frozenset(options)
        return cls("" in given, given - {""})

    def and_names(self, names: Iterable[str]) -> Allowed:
        """Return the same with these names, too; an empty one names nothing."""
        return Allowed(self.replacements, self.names | (frozenset(names) - {""}))

    def lacking(self, losses: Losses) -> tuple[Loss, ...]:
        """Return what is taken away and not allowed."""
        return tuple(loss for loss in losses.each if not self._covers(losses, loss))

    def _covers(self, losses: Losses, loss: Loss) -> bool:
        if self.names & {losses.word_for(loss), loss.full_name}:
            return True
        return not loss.holds and (self.replacements or not loss.replaced)


def losses_of(taken: Iterable[Taken], created: Iterable[Mapping[str, Any]] = ()) -> Losses:
    """Return what the steps of a plan take away.

    What is deleted while the plan creates another of its type with the same ``Name`` is replaced: it only moves.
    """
    moved = {(entry.get("type"), name) for entry in created if (name := marks_of(entry).get("Name"))}
    gone: list[Taken] = []
    left: list[Taken] = []
    for each in taken:
        (left if each.old.get(RETAINED) and not each.replaced else gone).append(each)
    found = [_loss(each, moves=(urn_of(each.urn).type, marks_of(each.old).get("Name")) in moved) for each in gone]
    told = sorted((loss for loss in found if loss is not None), key=lambda loss: (not loss.holds, loss.full_name))
    stays = sorted(f"{kind} {urn_of(each.urn).name}" for each in left if (kind := kind_of(urn_of(each.urn).type)))
    return Losses(tuple(told), len(found) - len(told), tuple(stays))


def kind_of(type_: str) -> str | None:
    """Return the word for a type, None for a part of something else."""
    kind, weight = _table().get(type_, (type_, "carries"))
    return None if weight is None else kind


def _loss(taken: Taken, *, moves: bool) -> Loss | None:
    """Return what one step takes away, None for a part of something else and for a component."""
    type_ = urn_of(taken.urn).type
    marks = marks_of(taken.old)
    kind, weight = _weight(type_, taken, marks)
    if weight is None:
        return None
    return Loss(
        taken.urn,
        kind,
        weight,
        taken.replaced or moves,
        said(marks, "site"),
        said(marks, "segment"),
        classes_of(marks),
        taken.forced_by,
    )


def _weight(type_: str, taken: Taken, marks: Mapping[str, str]) -> tuple[str, Weight | None]:
    found: tuple[str, Weight | None] = _table().get(type_) or _unknown(type_, taken)
    kind, weight = found
    if type_ == NAMESPACE and marks.get("segment") in HOLDING:  # as ADR 10 protects them
        weight = "data"
    if marks.get("data-class") == NO_DATA:
        weight = None if type_ in OBJECTS else "carries" if type_ in CARRIERS else weight
    if taken.old.get("protect") and weight in (None, "carries"):
        weight = "data"
    return kind, weight


def _unknown(type_: str, taken: Taken) -> tuple[str, Weight | None]:
    """Return how to speak of a type that the table lacks: its replacement is asked about, its deletion is named."""
    is_object = bool(taken.old.get("custom")) and not type_.startswith("pulumi:")
    return type_, "carries" if is_object else None


@cache
def _table() -> Mapping[str, tuple[str, Weight | None]]:
    data = load(TABLE).data
    weights: tuple[Weight, ...] = ("keys", "data", "carries")
    weighed = {type_: (words, weight) for weight in weights for type_, words in data[weight].items()}
    return weighed | {type_: (type_, None) for type_ in data["parts"]}


def known_types() -> frozenset[str]:
    """Return the types that the table weighs."""
    return frozenset(_table())

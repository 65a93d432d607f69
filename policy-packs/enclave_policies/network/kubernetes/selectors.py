"""Labels and label selectors, answered yes, no, or UNKNOWN where a part of either is not known yet."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING, Any, Final, Literal

from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.resources.unknown import UNKNOWN, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Answer = bool | Literal[Unknown.UNKNOWN]

NAME_LABEL: Final = "kubernetes.io/metadata.name"
"""The API server gives every namespace this label with its name (Kubernetes, Well-Known Labels)."""
AUTOMATIC: Final = frozenset(
    {"pod-template-hash", "controller-revision-hash", "pod-template-generation", "controller-uid", "job-name"}
    | {"apps.kubernetes.io/pod-index", "statefulset.kubernetes.io/pod-name"}
    | {f"batch.kubernetes.io/{name}" for name in ("controller-uid", "job-name", "job-completion-index")}
)
"""Labels that controllers give to their pods, so that a pod may have them though its template does not say so."""
MOST_EXAMPLES: Final = 16


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels of one object; a value may be UNKNOWN, and ``complete`` is False where there may be more of them.

    ``lacking``: keys that it has not, though others may be there.
    """

    pairs: tuple[tuple[str, str | Unknown], ...] = ()
    complete: bool = True
    lacking: frozenset[str] = frozenset()

    @classmethod
    def read(cls, given: Any, also: Mapping[str, str | Unknown] | None = None) -> Labels:
        """Return the labels of a metadata entry; ``also`` wins over what is given."""
        found = mapping(given)
        plain = {} if found is UNKNOWN else found
        told = {str(key): value if isinstance(value, str) else UNKNOWN for key, value in plain.items()}
        return cls(_in_order({**told, **(also or {})}), found is not UNKNOWN)

    def value(self, key: str) -> str | Unknown | None:
        """Return a label's value, None where it is absent, UNKNOWN where nobody can tell."""
        absent = None if (self.complete and key not in AUTOMATIC) or key in self.lacking else UNKNOWN
        return next((value for name, value in self.pairs if name == key), absent)

    def has(self, key: str) -> bool:
        """Return whether the label is there for sure."""
        return any(name == key for name, _ in self.pairs)

    def merged(self, other: Labels) -> Labels:
        """Return both; the other's values win."""
        return Labels(
            _in_order({**dict(self.pairs), **dict(other.pairs)}),
            self.complete and other.complete,
            self.lacking | other.lacking,
        )

    def __str__(self) -> str:
        """Return the labels as selectors write them: ``app=web, tier=?``."""
        return ", ".join(f"{key}={'?' if value is UNKNOWN else value}" for key, value in self.pairs)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on a label; the operator may be UNKNOWN, and ``values`` may hold it."""

    key: str
    operator: str | Unknown
    values: tuple[str | Unknown, ...] = ()

    def matches(self, labels: Labels) -> Answer:
        """Return whether labels meet it.

        Source: k8s.io/apimachinery, labels.Requirement.Matches: ``NotIn`` holds where the label is absent.
        """
        value = labels.value(self.key)
        if self.operator in ("Exists", "DoesNotExist"):
            there = labels.has(self.key) or (UNKNOWN if value is UNKNOWN else value is not None)
            return there if self.operator == "Exists" else negated(there)
        if self.operator not in ("In", "NotIn"):
            return UNKNOWN
        within = self._within(value)
        return within if self.operator == "In" else negated(within)

    def _within(self, value: str | Unknown | None) -> Answer:
        if value is None or value is UNKNOWN:
            return UNKNOWN if value is UNKNOWN else False
        return value in self.values or (UNKNOWN if UNKNOWN in self.values else False)


@dataclass(frozen=True, slots=True)
class Selector:
    """A label selector; without requirements it selects everything, and ``known`` is False where it cannot be read."""

    requirements: tuple[Requirement, ...] = ()
    known: bool = True

    @classmethod
    def read(cls, given: Any) -> Selector:
        """Return a selector of ``matchLabels`` and ``matchExpressions``."""
        if not isinstance(given, dict):
            return cls(known=False)
        labels, expressions = mapping(given.get("matchLabels")), entries(given.get("matchExpressions"))
        if labels is UNKNOWN or not all(isinstance(expression, dict) for expression in expressions):
            return cls(known=False)
        return cls((*_equalities(labels), *(_requirement(expression) for expression in expressions)))

    @classmethod
    def of_labels(cls, given: Any) -> Selector:
        """Return the selector of a Service: labels with their values."""
        labels = mapping(given)
        return cls(known=False) if labels is UNKNOWN else cls(_equalities(labels))

    def matches(self, labels: Labels) -> Answer:
        """Return whether it selects an object with these labels: all requirements hold."""
        return every((self.known or UNKNOWN, *(one.matches(labels) for one in self.requirements)))

    def examples(self) -> Iterator[Labels]:
        """Yield labels that it selects, the fewest possible, one for each choice of values (at most MOST_EXAMPLES)."""
        choices = [
            [(one.key, value) for value in one.values] if one.operator == "In" else [(one.key, "any")]
            for one in self.requirements
            if one.operator in ("In", "Exists")
        ]
        for choice in islice(product(*choices), MOST_EXAMPLES):
            labels = Labels.read(dict(choice))
            if self.matches(labels) is not False:
                yield labels


def _in_order(labels: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(labels.items()))


def _equalities(labels: Mapping[str, Any]) -> tuple[Requirement, ...]:
    return tuple(
        Requirement(str(key), "In", (value if isinstance(value, str) else UNKNOWN,))
        for key, value in sorted(labels.items())
    )


def _requirement(expression: Mapping[str, Any]) -> Requirement:
    key, operator = expression.get("key"), expression.get("operator")
    values = tuple(value if isinstance(value, str) else UNKNOWN for value in entries(expression.get("values")))
    told = isinstance(key, str) and isinstance(operator, str)
    return Requirement(str(key), str(operator) if told else UNKNOWN, values)


def negated(answer: Answer) -> Answer:
    """Return the opposite; UNKNOWN stays."""
    return UNKNOWN if answer is UNKNOWN else not answer


def every(answers: Iterable[Answer]) -> Answer:
    """Return whether all hold: no where one does not, UNKNOWN where that cannot be told."""
    found = set(answers)
    return False if False in found else UNKNOWN if UNKNOWN in found else True


UNLABELLED: Final = Labels()
EVERY_OBJECT: Final = Selector()

"""Labels and selectors, indexed: only what may match is held against each other, in whatever number there are."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from enclave_policies.network.kubernetes.selectors import AUTOMATIC
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from enclave_policies.network.kubernetes.pods import Pod
    from enclave_policies.network.kubernetes.policies import Policy
    from enclave_policies.network.kubernetes.selectors import Labels, Selector

Pair = tuple[str, str]


def wanted(selector: Selector) -> list[Pair] | None:
    """Return pairs; an object must have one of them, or unknown labels. None where any object will do."""
    for one in selector.requirements:
        if one.operator == "In" and one.key not in AUTOMATIC and UNKNOWN not in one.values:
            return [(one.key, value) for value in one.values if isinstance(value, str)]
    return None


def is_vague(labels: Labels) -> bool:
    """Return whether there may be more labels than it names, or other values."""
    return not labels.complete or any(value is UNKNOWN for _, value in labels.pairs)


class Labelled:
    """Objects by their labels, told apart by their number in the order that they are given in."""

    def __init__(self, every: Iterable[Labels]) -> None:
        self._every = tuple(every)
        self._having: dict[Pair, list[int]] = defaultdict(list)
        self._vague = [number for number, labels in enumerate(self._every) if is_vague(labels)]
        self._unsure: dict[str, list[int]] = {}
        for number, labels in enumerate(self._every):
            for key, value in labels.pairs:
                if isinstance(value, str):
                    self._having[key, value].append(number)

    def selected(self, selector: Selector) -> set[int]:
        """Return the numbers of the objects that a selector selects, or may select."""
        pairs = wanted(selector)
        near: Iterable[int] = range(len(self._every))
        if pairs is not None:
            keys = dict.fromkeys(key for key, _ in pairs)
            near = {number for pair in pairs for number in self._having.get(pair, ())}
            near.update(number for key in keys for number in self._unsure_of(key))
        return {number for number in near if selector.matches(self._every[number]) is not False}

    def _unsure_of(self, key: str) -> list[int]:
        """Return the objects whose value of a label is not known."""
        if key not in self._unsure:
            self._unsure[key] = [one for one in self._vague if self._every[one].value(key) is UNKNOWN]
        return self._unsure[key]


class Selecting:
    """Policies by whom they may select: their namespace, and a label that they ask for."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self._anywhere: list[int] = []
        self._of_every_pod: dict[str, list[int]] = defaultdict(list)
        self._of_some: dict[str, dict[Pair, list[int]]] = defaultdict(lambda: defaultdict(list))
        for number, policy in enumerate(policies):
            pairs = wanted(policy.pods)
            if not isinstance(policy.namespace, str):
                self._anywhere.append(number)
            elif pairs is None:
                self._of_every_pod[policy.namespace].append(number)
            else:
                for pair in pairs:
                    self._of_some[policy.namespace][pair].append(number)

    def near(self, pod: Pod) -> list[int]:
        """Return the numbers of the policies that may select a pod, in order."""
        found = {*self._anywhere, *self._of_every_pod.get(pod.namespace, ())}
        some = self._of_some.get(pod.namespace)
        if some is not None and is_vague(pod.labels):
            found.update(number for numbers in some.values() for number in numbers)
        elif some is not None:
            found.update(number for pair in pod.labels.pairs for number in some.get(pair, ()))  # type: ignore[arg-type]
        return sorted(found)

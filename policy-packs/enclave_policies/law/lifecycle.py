"""The stages of a site, as the law has them: what may be there, and what may follow."""
# Annotations are evaluated here (no __future__ import): they are the schema.

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from enclave_policies.law.access import InspectorKey, InspectorName, KeyId
from enclave_policies.law.forms import DataClass, Days, FactFile, StageName


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage: whether a site then has resources, may hold user data, may take more, and the stages after it."""

    built: bool = False
    holds: bool = False
    takes: bool = False
    next: tuple[StageName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """One check before a site takes user data: what is asked, who signs the answer, and for how long it counts.

    ``days`` None: for as long as the site stands.
    """

    asks: str
    by: Literal["accepter", "inspector"]
    days: Days | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepter:
    """Somebody who signs checks of a site, and the keys for it."""

    keys: Mapping[KeyId, InspectorKey]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleFile(FactFile):
    """lifecycle.yaml."""

    without_user_data: tuple[DataClass, ...]
    stages: Mapping[StageName, Stage]
    acceptance: Mapping[InspectorName, Acceptance] = field(default_factory=dict)
    accepters: Mapping[InspectorName, Accepter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The stages by name, the classes that are no user data, and what must be accepted before a site takes any."""

    stages: Mapping[str, Stage]
    without_user_data: frozenset[str]
    acceptance: Mapping[str, Acceptance] = field(default_factory=dict)
    accepters: Mapping[str, Accepter] = field(default_factory=dict)

    def before(self, stage: str) -> tuple[str, ...]:
        """Return the stages that a stage may follow."""
        return tuple(name for name, each in self.stages.items() if stage in each.next)

    def wants_acceptance(self, stage: str, *, left: bool) -> bool:
        """Return whether a site at a stage must have been accepted; ``left``: it is transitional and abroad.

        Where such a site only drains, its basis is asked for instead: nobody goes live there.
        """
        return stage in self.with_("holds") and not (left and stage not in self.with_("takes"))

    def nears_acceptance(self, stage: str, *, left: bool) -> bool:
        """Return whether a site at a stage must have been accepted, or must be before its next one."""
        after = self.stages[stage].next if stage in self.stages and not left else ()
        return self.wants_acceptance(stage, left=left) or any(self.stages[each].takes for each in after)

    def with_(self, ability: str) -> tuple[str, ...]:
        """Return the stages at which a site has an ability: ``built``, ``holds`` or ``takes``."""
        return tuple(name for name, each in self.stages.items() if getattr(each, ability))

"""What an engine that was killed had begun and never finished, as the state tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers.urns import urn_of

from console.site_state import providers_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAKES: Final = frozenset({"creating", "importing"})
"""Operations after which there may be an object that no state knows."""

KEPT: Final = ("urn", "type", "inputs", "parent", "provider", "protect", "retainOnDelete")
"""What of a planned resource's entry belongs into a state; the next update adds the rest."""


@dataclass(frozen=True)
class Begun:
    """A resource that was being made: its entry as the state will hold it, without an id until one is found.

    ``provider`` are the inputs of its provider, empty where the state holds none.
    """

    entry: Mapping[str, Any]
    provider: Mapping[str, Any]

    @property
    def urn(self) -> str:
        """The resource's URN."""
        return str(self.entry["urn"])

    @property
    def type(self) -> str:
        """The resource's type, such as ``aws:ec2/vpc:Vpc``."""
        return str(self.entry["type"])

    @property
    def name(self) -> str:
        """The resource's own name."""
        return urn_of(self.urn).name

    @property
    def id(self) -> str | None:
        """The id that the provider gave it, where the engine still heard of it."""
        return self.entry.get("id") or None

    @property
    def inputs(self) -> Mapping[str, Any]:
        """The inputs that it was made with."""
        return self.entry.get("inputs") or {}

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags that it is made with; a group of hosts lists its own."""
        given = self.inputs.get("tags") or {}
        if isinstance(given, list):
            return {each["key"]: each["value"] for each in given}
        return given if isinstance(given, dict) else {}


def begun(deployment: Mapping[str, Any]) -> Iterator[Begun]:
    """Yield what was being made when the engine was killed."""
    providers = providers_in(deployment)
    for operation in deployment.get("pending_operations") or ():
        entry = operation["resource"]
        if operation["type"] in MAKES and entry.get("custom"):
            yield Begun(entry, providers.get(entry.get("provider") or "", {}))


def touched(deployment: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the URNs of what was being changed or deleted: the state may not hold what they are now."""
    operations = deployment.get("pending_operations") or ()
    return tuple(each["resource"]["urn"] for each in operations if each["type"] in ("updating", "deleting"))


def planned(created: Mapping[str, Mapping[str, Any]], deployment: Mapping[str, Any]) -> Iterator[Begun]:
    """Yield what a plan would make: ``created`` are the entries of its create steps by URN."""
    providers = {key.rpartition("::")[0]: inputs for key, inputs in providers_in(deployment).items()}
    providers |= {urn: entry.get("inputs") or {} for urn, entry in created.items()}
    for entry in created.values():
        provider = (entry.get("provider") or "").rpartition("::")[0]
        if entry.get("custom") and provider in providers:
            kept = {key: entry[key] for key in KEPT if entry.get(key)}
            yield Begun({**kept, "custom": True}, providers[provider])

"""A resource as rules see it: plain data, whoever made it (engine, program, exported state)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping


__all__ = ["UNKNOWN", "Provider", "Resource"]

PROVIDER_PREFIX: Final = "pulumi:providers:"


@dataclass(frozen=True)
class Provider:
    """The provider resource that manages a resource; ``props`` are its inputs in wire names, plain data."""

    urn: str
    type: str
    name: str
    props: Mapping[str, Any] = field(default_factory=dict)

    def setting(self, name: str) -> Any:
        """Return one input of the provider, UNKNOWN where nobody knows it, None where it is absent."""
        return self.props.get(name)

    @property
    def is_default(self) -> bool:
        """Whether the engine made it from its surroundings (it names those ``default`` or ``default_<version>``)."""
        return self.name == "default" or self.name.startswith("default_")


@dataclass(frozen=True)
class Resource:
    """One resource: ``props`` are its inputs in wire names (camelCase), plain dicts, lists and scalars.

    Unknown values are UNKNOWN. ``custom`` is None where the judge is not told (the engine does not tell packs);
    False means a component. ``outputs`` is what a state or a finished run recorded, empty while nothing is; ``parent``
    is the parent's URN. ``depends``: input → URNs of the resources that its value comes from, which tells what an
    unknown one will name; empty until the whole stack is known. ``untold`` says why nobody can tell what the resource
    is, as the end of a sentence about it, empty where one can. ``state_urn``: the URN in the state where ``urn``
    differs, as an old copy of a resource may stand beside the new one. ``sealed``: its UNKNOWN values are secrets that
    this judge cannot read, and nobody judges them again. ``external``: somebody else manages it; None where the judge
    is not told. ``as_provider`` is the resource as a provider, when it is one.
    """

    urn: str
    type: str
    name: str
    props: Mapping[str, Any] = field(default_factory=dict)
    provider: Provider | None = None
    custom: bool | None = None
    outputs: Mapping[str, Any] = field(default_factory=dict)
    parent: str | None = None
    depends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    untold: str = ""
    state_urn: str = ""
    sealed: bool = False
    external: bool | None = None
    as_provider: Provider | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        itself = self.type.startswith(PROVIDER_PREFIX)
        provider = Provider(self.urn, self.type, self.name, self.props) if itself else None
        object.__setattr__(self, "as_provider", provider)

    @property
    def only_read(self) -> bool:
        """Whether the stack only looks at it (``.get()``): it says nothing itself, and something is recorded of it.

        A state says whether it is managed elsewhere, and in a run packs are asked about the stack's own alone; an own
        one that needs no input is judged like any other.
        """
        return self.external is not False and not self.props and bool(self.outputs)

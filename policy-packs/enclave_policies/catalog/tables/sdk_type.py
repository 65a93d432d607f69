"""What an SDK offers of one type, as the generated list keeps it (law/catalog/sdk.json)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from enclave_policies.catalog.kinds import UNJUDGED, Kind

RegionInput = Literal["override", "deprecated", "none"]

HOLDS: Final = {
    "s": re.compile(r"_builtins\.str"),
    "b": re.compile(r"_builtins\.bool"),
    "n": re.compile(r"_builtins\.(int|float)"),
    "m": re.compile(r"Mapping\["),
}
"""What an input may hold: a text, a flag, a number, a map; by its Python type in the SDK."""


@dataclass(frozen=True, slots=True)
class SdkType:
    """One resource type: ``inputs`` maps a dotted wire path (no list indices, no map keys) to the letters of HOLDS."""

    token: str
    component: bool
    region: RegionInput
    inputs: dict[str, str] = field(hash=False)
    aliases: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """The kind as the SDK alone tells it; ``no-region`` where a person must say."""
        if self.component:
            return "component"
        if self.token.startswith("kubernetes:"):
            return "kubernetes"
        return "regional" if self.region == "override" else UNJUDGED

    def offers(self, path: str) -> bool:
        """Return whether there is such an input or object of inputs, or a map or JSON text that may hold such a key."""
        below = f"{path}."
        if path in self.inputs or any(each.startswith(below) for each in self.inputs):
            return True
        return any(set("sm").intersection(self.inputs.get(above, "")) for above in ancestors(path))


def holds(python_type: str) -> str:
    """Return the letters of HOLDS for a Python type of an SDK."""
    return "".join(letter for letter, pattern in HOLDS.items() if pattern.search(python_type))


def is_text(held: str) -> bool:
    """Return whether an input that holds this can hold a text."""
    return "s" in held or not set("bn").intersection(held)


def ancestors(path: str) -> list[str]:
    """Return the inputs that a path lies in, the outermost first: ``a``, ``a.b`` for ``a.b.c``."""
    segments = path.split(".")
    return [".".join(segments[:end]) for end in range(1, len(segments))]

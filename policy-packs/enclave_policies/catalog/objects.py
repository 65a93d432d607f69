"""What decides a place or an opening in Kubernetes' own kinds, and what leaving it out means (law/catalog/objects)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.catalog.switches import Switch

Decides = Literal["place", "opening", "way", "code"]
DECIDES: Final[Mapping[Decides, str]] = {
    "place": "where it runs, or where data rests",
    "opening": "who gets in, and how it is reached",
    "way": "what it reaches, or hands data to",
    "code": "what runs, or changes what others made",
}
Site = Literal["any", "cloud", "own"]
"""Where it is asked: everywhere, in clusters that a cloud runs, in the enclave's own."""
PREFIX: Final = "kubernetes:"


@dataclass(frozen=True, slots=True)
class ObjectInput:
    """One input of a kind: what it decides, the rule that judges it, and what its absence means (``left_out``).

    ``unannotated``: an annotation's name with the values of which one closes it.
    """

    decides: Decides
    rule: str
    left_out: Switch
    site: Site = "any"
    unannotated: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def is_refused_without(self, body: Mapping[str, Any], *, cloud: bool) -> bool:
        """Return whether an object is refused for leaving it out; ``cloud``: a cloud runs its cluster."""
        if self.site != "any" and (self.site == "cloud") is not cloud:
            return False
        return self.left_out.speaks(body) and not self._is_annotated(body)

    def _is_annotated(self, body: Mapping[str, Any]) -> bool:
        metadata = body.get("metadata")
        notes = metadata.get("annotations") if isinstance(metadata, dict) else None
        given = notes if isinstance(notes, dict) else {}
        return any(str(given[name]).lower() in values for name, values in self.unannotated if name in given)


def kind_of(token: str) -> str:
    """Return GROUP/KIND of a type of the Kubernetes SDK: a list's is its items', a patch's the kind that it changes."""
    _, version, kind = token.split(":")
    return f"{version.split('/')[0]}/{kind.removesuffix('Patch').removesuffix('List')}"

"""The engine's names of resources: ``urn:pulumi:STACK::PROJECT::PARENT_TYPE$TYPE::NAME``."""

from __future__ import annotations

from typing import Final, NamedTuple

PREFIX: Final = "urn:pulumi:"
PARTS: Final = 4


class Urn(NamedTuple):
    """The parts of a URN; ``type`` without the types of the parents. A name may hold anything, ``::`` too."""

    stack: str
    project: str
    type: str
    name: str


def urn_of(text: str) -> Urn:
    """Return the parts of a URN; of any other text only its name, the whole of it."""
    parts = text.removeprefix(PREFIX).split("::", PARTS - 1)
    if not text.startswith(PREFIX) or len(parts) != PARTS:
        return Urn("", "", "", text)
    stack, project, type_, name = parts
    return Urn(stack, project, type_.rpartition("$")[2], name)

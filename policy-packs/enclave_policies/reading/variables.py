"""Whether a stack says, in the clear, what a variable of the environment is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.reading.gathered import each, once
from enclave_policies.reading.taken import kept_in, written_out
from enclave_policies.texts.programs.settings import is_said, variable_of
from enclave_policies.texts.told import said_of

if TYPE_CHECKING:
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def is_told(stack: Stack, name: str) -> bool:
    """Return whether some resource sets a variable to a text, or to another variable that one sets."""
    known = _known(stack)
    if name not in known:
        known[name] = False  # one that says only itself is not told
        saying = each(stack, stack.readings.values(), lambda reading: _said(reading, stack, name))
        found = {text for said in saying for text in said}
        others = {other for text in found if (other := variable_of(text)) is not None}
        known[name] = any(map(is_said, found)) or any(is_told(stack, other) for other in sorted(others))
    return known[name]


def _said(reading: Reading, stack: Stack, name: str) -> set[str]:
    """Return what a resource says that a variable is, where it stands and where a pod takes it."""
    places = (reading.settings, *kept_in(reading), *written_out(reading, stack))
    return {text for place in places for text in said_of(name, place)}


@once
def _known(_stack: Stack) -> dict[str, bool]:
    return {}

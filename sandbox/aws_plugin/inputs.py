"""How the plugin treats the inputs of a resource type."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Input:
    """How the plugin treats one input.

    replace: a change makes a new resource. computed: AWS chooses when absent, so absence is never a change.
    unordered: a list whose order means nothing. document: JSON text, compared by meaning. kept: no API returns it, so
    the state remembers what was asked for. canonical: the form in which two values are compared.
    """

    replace: bool = False
    default: Any = None
    computed: bool = False
    unordered: bool = False
    document: bool = False
    kept: bool = False
    canonical: Callable[[Any], Any] | None = None


PLAIN: Final = Input()
REPLACE: Final = Input(replace=True)
COMPUTED: Final = Input(computed=True)
REPLACE_COMPUTED: Final = Input(replace=True, computed=True)
KEPT: Final = Input(kept=True)
SET: Final = Input(unordered=True)
COMPUTED_SET: Final = Input(unordered=True, computed=True)
DOCUMENT: Final = Input(document=True)


def default(value: Any, *, replace: bool = False, kept: bool = False) -> Input:
    """An input that has `value` unless the program says otherwise."""
    return Input(default=value, replace=replace, kept=kept)

"""Which mutant of a function is called: settled once for a process; mutmut's own wrapper asks at each call.

The mutated modules import `switched` and `MutantDict` from here, where mutmut lets them import its own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MutantDict = dict[str, Callable[..., Any]]
ORIGINAL = "_mutmut_orig"


@dataclass
class _Switch:
    """One function: the module that has it, its mutants by name, and the name of the one that is called."""

    module: str
    mutants: MutantDict
    name: str = ORIGINAL

    def turn(self, module: str, mutant: str) -> None:
        self.name = mutant if self.module == module and mutant in self.mutants else ORIGINAL

    @property
    def chosen(self) -> Callable[..., Any]:
        return self.mutants[self.name]


_switches: list[_Switch] = []


def switched(mutants: MutantDict, is_classmethod: bool = False) -> Callable[..., Any]:
    """Return a decorator; the function calls whichever of ``mutants`` was chosen, the original by default."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        switch = _Switch(function.__module__, mutants)
        _switches.append(switch)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if is_classmethod:  # the dictionary holds what the class binds
                return getattr(args[0], switch.chosen.__name__)(*args[1:], **kwargs)
            return switch.chosen(*args, **kwargs)

        return call

    return decorate


def choose(module: str, mutant: str) -> None:
    """Let one mutant of a module, by its dotted name, stand in for its function, and every other function be itself."""
    for switch in _switches:
        switch.turn(module, mutant)

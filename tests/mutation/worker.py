"""The conftest.py of a workshop: the tests of one mutant, quickly, and without answers of the unmutated functions.

mutmut forks a process for each mutant from one in which all tests have run. There the functions' caches are full; and
each function asks, each time it is called, which mutant is meant. In a fork that is settled once.
"""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mutmut.mutation import trampoline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Kept in mutmut's module: pytest makes this one anew for each session of a process, the package is imported once.
_original = vars(trampoline).setdefault("unswitched", trampoline.wrap_in_trampoline)
_stages = frozenset({"", "stats", "fail", "mutant_generation"})  # what mutmut says while no mutant is meant


@dataclass
class _Switch:
    """One function: its mutants, mutmut's own way to choose among them, and what is called now."""

    module: str
    mutants: Mapping[str, Callable[..., Any]]
    asking: Callable[..., Any]
    now: Callable[..., Any]


_switches: list[_Switch] = vars(trampoline).setdefault("switches", [])


def _switched(mutants: dict[str, Callable[..., Any]], is_classmethod: bool = False) -> Callable[..., Any]:
    asks: Callable[..., Any] = _original(mutants, is_classmethod)

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        asking: Callable[..., Any] = asks(function)
        if is_classmethod:
            return asking
        switch = _Switch(function.__module__, mutants, asking, asking)
        _switches.append(switch)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            return switch.now(*args, **kwargs)

        return call

    return decorate


def pytest_sessionstart() -> None:
    """Settle which function is which, and empty the package's caches; the law's readers are not mutated."""
    meant = trampoline.get_mutant_under_test()
    module, _, name = meant.rpartition(".")
    for switch in _switches:
        original = switch.asking if meant in _stages else switch.mutants["_mutmut_orig"]
        switch.now = switch.mutants.get(name, original) if switch.module == module else original
    for loaded, package in tuple(sys.modules.items()):
        if loaded.startswith("enclave_policies.") and not loaded.startswith("enclave_policies.law."):
            for value in vars(package).values():
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()


trampoline.wrap_in_trampoline = _switched  # type: ignore[assignment]

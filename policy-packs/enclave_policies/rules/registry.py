"""A rule is registered by being there: every module below a pack's package that defines a ``rule``."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from enclave_policies.reading.rule import Question, Rule, StackRule


def rules_in(package: str) -> tuple[Question, ...]:
    """Return the rules of a pack, in the order of their ids; ``package`` is the full name of the pack's package.

    Raises ValueError where two of them have one id or one name.
    """
    found = sorted(_rules(package), key=lambda rule: rule.id)
    for what in ("id", "name"):
        values = [getattr(rule, what) for rule in found]
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise ValueError(f"several rules of {package} have one {what}: {', '.join(twice)}; give each its own")
    return tuple(found)


def _rules(package: str) -> list[Question]:
    modules = pkgutil.walk_packages(import_module(package).__path__, f"{package}.")
    defined = (getattr(import_module(module.name), "rule", None) for module in modules if not module.ispkg)
    return [rule for rule in defined if isinstance(rule, Rule | StackRule)]

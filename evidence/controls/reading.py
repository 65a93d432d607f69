"""The map from rules to controls as plain records; the two files beside this one are the data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Framework:
    """A law, standard or catalog; ``controls`` are titles by id, ``no_rule`` says why nothing bears on some of them."""

    id: str
    title: str
    version: str
    source: str
    controls: Mapping[str, str]
    no_rule: Mapping[str, str]


@cache
def frameworks() -> tuple[Framework, ...]:
    """Return every framework, in the order of its file."""
    return tuple(
        Framework(id_, one["title"], one["version"], one["source"], one["controls"], one.get("no_rule", {}))
        for id_, one in _read("frameworks.yaml").items()
    )


@cache
def controls_by_rule() -> Mapping[str, tuple[str, ...]]:
    """Return the ids of the controls that each rule bears on."""
    return {rule: tuple(controls) for rule, controls in _read("rules.yaml").items()}


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return found

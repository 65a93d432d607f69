"""What actions of AWS do, as far as it decides who may have them. The table is actions.yaml beside this module."""
# Annotations are evaluated here (no __future__ import): they are the schema.

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final

import located_yaml
from enclave_policies.iam.wildcards import matches
from enclave_policies.identifiers.shown import shown
from located_yaml.records import AtLeast, read_record

ACTION: Final = re.compile(r"[a-z0-9-]{1,40}:[A-Za-z*?]{1,80}|\*", re.ASCII)
FILE: Final = Path(__file__).with_name("actions.yaml")
Names = Annotated[tuple[str, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True)
class Actions:
    """actions.yaml: what touches the copy, by service; how names begin that only look; what reads; and so on."""

    touches: Mapping[str, Names]
    looks: Names
    data: Names
    hold: Names
    becomes: Names
    shells: Names
    when: Names

    def touching(self, pattern: Any) -> bool:
        """Return whether a pattern of actions that names a service stands for one that touches the copy."""
        service, _, name = str(pattern).lower().partition(":")
        return any(matches(action, name) for action in self.touches.get(service, ()))

    def reading(self, pattern: Any) -> frozenset[str]:
        """Return the actions that read data and that a pattern stands for."""
        return _meant(pattern, self.data)

    def becoming(self, pattern: Any) -> frozenset[str]:
        """Return the actions that make a role one's own and that a pattern stands for."""
        return _meant(pattern, self.becomes)

    def opening(self, pattern: Any) -> frozenset[str]:
        """Return the actions that open a shell and that a pattern stands for."""
        return _meant(pattern, self.shells)

    def narrows(self, conditions: Iterable[str]) -> bool:
        """Return whether conditions, by their keys, say anything of what is touched."""
        return any(key not in self.when for key in conditions)

    def only_looks(self, pattern: Any) -> bool:
        """Return whether every action that a pattern stands for changes nothing."""
        service, _, name = str(pattern).lower().partition(":")
        return "*" not in service and name.startswith(self.looks)


def _meant(pattern: Any, known: Iterable[str]) -> frozenset[str]:
    text = str(pattern).lower()
    return frozenset(action for action in known if text == "*" or matches(action, text))


def called(action: Any) -> str:
    """Return an action or a pattern of actions for a message: what is none may be anything, a credential too."""
    text = str(action)
    return text if ACTION.fullmatch(text) else shown(text)


@lru_cache(maxsize=1)
def actions() -> Actions:
    """Return the table. Raises ProblemsError."""
    return read_record(located_yaml.load(FILE), Actions)

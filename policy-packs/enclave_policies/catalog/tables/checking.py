"""Hold what a table says against what the SDKs offer; problems are collected at their lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enclave_policies.catalog.tables.folder import Where
    from enclave_policies.catalog.tables.offer import Offer
    from located_yaml import Document, Position, Problem


@dataclass
class Checking:
    """What is checked against, what is wrong so far, and where each thing was first told."""

    offer: Offer
    problems: list[Problem] = field(default_factory=list)
    _told: dict[tuple[str, ...], Position] = field(default_factory=dict)

    def refuse(self, document: Document, path: Where, message: str) -> None:
        """Note what is wrong at ``path``."""
        self.problems.append(document.problem(path, message))

    def types(self, document: Document, path: Where, tokens: Iterable[str], *, any_package: bool = False) -> None:
        """Note tokens that no SDK has; ``path`` is the list or table that they stand in.

        ``any_package``: those of packages whose SDK is not known pass.
        """
        for index, token in enumerate(tokens):
            wrong = self.offer.refusal(token, any_package=any_package)
            if wrong:
                here = (*path, token) if document.holds((*path, token)) else (*path, index)
                self.refuse(document, here, wrong)

    def input(self, document: Document, path: Where, tokens: Iterable[str], named: str) -> None:
        """Note an input that a type does not have; ``path`` is where it is named."""
        for token in tokens:
            wrong = self.offer.refusal_of_input(token, named)
            if wrong:
                self.refuse(document, path, wrong)

    def once(self, document: Document, path: Where, what: str, *key: str) -> bool:
        """Return whether ``key`` is told for the first time; note the second time with both places."""
        first = self._told.get(key)
        if first is None:
            self._told[key] = document.position(path)
            return True
        self.refuse(document, path, f"{what} is told twice (first at {first}); remove one")
        return False

"""A client that follows the declared order of sites: the next one is asked where one does not answer, and no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.gateways.client import Answer, Client


class NobodyError(RuntimeError):
    """No site of the order answers."""


@dataclass(frozen=True)
class Follower:
    """Clients by site, and the order in which they are asked."""

    order: Sequence[str]
    clients: Mapping[str, Client]

    def get(self, path: str, headers: Mapping[str, str]) -> tuple[str, Answer]:
        """Return which site answered, and what; a refusal is an answer. Raises NobodyError."""
        for site in self.order:
            try:
                return site, self.clients[site].get(path, headers)
            except OSError:
                continue  # it does not answer: gone, or on its way out
        raise NobodyError(f"none of {', '.join(self.order)} answers")

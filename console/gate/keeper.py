"""Who writes down what a gated run came to, and knows what was; nothing is changed where that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from enclave_policies.law import Law

    from components.declaration import Declaration
    from console.gate.engine import Engine
    from console.gate.foretold import Foretold
    from console.gate.judged import Judged
    from console.objections import Objection

Command = Literal["preview", "up"]


class Keeper(Protocol):
    """Writes down the record of a run; each raises ProblemsError where it cannot be written."""

    def ran(self, command: Command, stack: str, judged: Judged, engine: Engine) -> None:
        """Write down a run of the engine, as the gate judged it."""

    def foretold(self, command: Command, stack: str, found: Sequence[Foretold]) -> None:
        """Write down that the declaration alone was refused."""

    def overdue(self, stack: str, declaration: Declaration, law: Law) -> Iterable[Objection]:
        """Return what records kept so far say against a declaration: waves that are not over by the law's day."""

"""Takes the engine's protection off what a user has named, and puts it back where nothing was changed after all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from enclave_policies.identifiers.urns import urn_of

from console import terminal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from console.gate.engine import Engine


class Lifted:
    """Protection that is taken off for one run: it comes back at the end, unless the change was begun.

    After a change the program's own word stands: it protects what holds data or keys again. What a run that was killed
    let go, what was retired and is declared still, and what was taken over is owed: it is protected at the end, too.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.urns: set[str] = set()
        self.owed: set[str] = set()

    def owe(self, urns: Iterable[str]) -> None:
        """Note what the last plan showed without the protection that it should have."""
        self.owed = set(urns) - self.urns

    def take(self, urns: Iterable[str]) -> bool:
        """Take protection off; return whether there was any left to take off, and it went."""
        new = sorted(set(urns) - self.urns)
        if not new:
            return False
        done = self.engine.command("state", "unprotect", *new, "--yes", "--stack", self.engine.stack)
        if done.returncode:
            terminal.err(f"the protection cannot be taken off: {done.stderr.strip()}")
            return False
        self.urns.update(new)
        terminal.err(f"taking the engine's protection off {', '.join(urn_of(urn).name for urn in new)}, as you allowed")
        return True

    def keep(self) -> None:
        """Let it stay off: the change begins."""
        self.urns.clear()
        self.owed.clear()

    def __enter__(self) -> Self:
        """Begin with everything protected as it is."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Protect again what was not changed."""
        again = sorted(self.urns | self.owed)
        if not again:
            return
        done = self.engine.command("state", "protect", *again, "--yes", "--stack", self.engine.stack)
        if done.returncode:
            terminal.err(f"not protected again: {', '.join(again)}; `enclave up` does it")
        elif self.owed:
            names = ", ".join(urn_of(urn).name for urn in sorted(self.owed))
            terminal.err(f"protecting {names} again: it holds data or keys, and the state let the engine delete it")

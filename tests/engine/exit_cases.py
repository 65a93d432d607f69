"""Which exit codes only an engine can show, and so tests/engine/test_exit_codes.py does: (command, code)."""

from console.exit_codes import GOOD, REFUSED

OF_STACKS = ("preview", "up", "recover", "sandbox start", "sandbox approve", "init", "retire", "stacks")
ON_THE_ENGINE = frozenset(
    {
        *((command, GOOD) for command in OF_STACKS),
        *((command, REFUSED) for command in ("retire", "stacks")),
    }
)

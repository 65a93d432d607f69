"""Which exit codes only an engine can show, and so tests/engine/test_exit_codes.py does: (command, code)."""

from console.exit_codes import GOOD, REFUSED

ON_THE_ENGINE = frozenset(
    {
        *((command, GOOD) for command in ("preview", "up", "recover", "sandbox start", "init", "retire", "stacks")),
        *((command, REFUSED) for command in ("retire", "stacks")),
    }
)

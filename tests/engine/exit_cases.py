"""Which exit codes only an engine can show, and so tests/engine/test_exit_codes.py does: (command, code)."""

from console.exit_codes import GOOD

ON_THE_ENGINE = frozenset({("preview", GOOD), ("up", GOOD), ("recover", GOOD), ("sandbox start", GOOD)})

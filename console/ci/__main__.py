"""`python -m console.ci COMMIT`: judge what changed since a commit, as far as stacks outside the sandbox go."""

from __future__ import annotations

import os
import sys

from console import terminal
from console.ci.commands import judge_change
from console.exit_codes import INTERRUPTED
from console.main import ending

if __name__ == "__main__":
    terminal.begin()
    try:
        code = judge_change(sys.argv[1] if len(sys.argv) > 1 else "", os.environ)
    except KeyboardInterrupt:
        terminal.err("stopped")
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001  no traceback reaches a user
        code, lines = ending(error)
        terminal.err(*lines)
    sys.exit(code)

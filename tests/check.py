"""The one command that checks everything: `python -m tests.check`; stops at the first check that is not green."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
STATIC = (
    ("ruff", "format", "--check", "--quiet"),
    ("ruff", "check", "--quiet"),
    ("mypy", "--no-error-summary"),
    ("lint-imports", "--no-logo", "--no-cache"),
)
# whole files to a worker: the tests of one share a sandbox, and tell one story in order
TESTS = ("pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--quiet")


def main(arguments: list[str]) -> int:
    """Run the checks in order, pytest last so that its closing line ends the output; the first bad exit code."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # with it, every start would compile the source again
    static_only = "--no-tests" in arguments
    for check in STATIC if static_only else (*STATIC, TESTS):
        sys.stderr.write(f"$ {' '.join(check)}\n")
        code = subprocess.run([str(BIN / check[0]), *check[1:]], cwd=ROOT, check=False).returncode
        if code:
            sys.stderr.write(f"{' '.join(check)} found what is shown above\n")
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

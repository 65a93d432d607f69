"""`python -m tests.rule_pages`: write docs/rules and every pack's rules.yaml."""

from __future__ import annotations

import sys

from tests.rule_pages.files import FOLDER, stale, write

if __name__ == "__main__":
    changed = stale()
    write()
    sys.stdout.write(f"{FOLDER}: {len(changed)} files were stale\n")

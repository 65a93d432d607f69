"""The authorizer as it is, on a disk that hangs or fails as a file beside the record says: `hang`, or an errno's name.

`python odd_disk.py serve …` is `enclave-gateway serve …`; the file is `$ODD_DISK`.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path
from typing import Any

from hosts.serving.main import main

SAYS = Path(os.environ["ODD_DISK"])
PLAIN = {name: getattr(os, name) for name in ("write", "pwrite", "fdatasync")}


def odd(name: str) -> Any:
    def called(file: int, *rest: Any) -> Any:
        while (said := SAYS.read_text(encoding="utf-8") if SAYS.exists() else "").startswith("hang"):
            time.sleep(0.05)
        failing, _, number = said.partition(" ")
        if failing == name:
            code = getattr(errno, number)
            raise OSError(code, os.strerror(code))
        return PLAIN[name](file, *rest)

    return called


if __name__ == "__main__":
    for name in PLAIN:
        setattr(os, name, odd(name))
    sys.exit(main())

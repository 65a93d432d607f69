"""The authorizer as it is, on a host whose clock is wrong by what the file `$ODD_CLOCK` says: `+0`, `-5m`, `+1d`.

`python odd_clock.py serve …` is `enclave-gateway serve …`; libfaketime answers what it asks of the clock, and leaves
the time since the start of the host as it is. `python odd_clock.py careless serve …` has no watch over the clock.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from libfaketime import get_reload_information

from hosts.gateway import clock
from hosts.serving.main import main

CARELESS = "careless"

if __name__ == "__main__":
    needed, preload = get_reload_information()
    if needed:
        said = {"FAKETIME_TIMESTAMP_FILE": os.environ["ODD_CLOCK"], "FAKETIME_NO_CACHE": "1"}
        environment = {**os.environ, **preload, **said, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        environment["FAKETIME_DID_REEXEC"] = "true"
        os.execve(sys.executable, [sys.executable, str(Path(__file__)), *sys.argv[1:]], environment)  # noqa: S606
    words = sys.argv[1:]
    if words[0] == CARELESS:
        words = words[1:]
        clock.MOST = 1e9  # type: ignore[misc]
    sys.exit(main(words))

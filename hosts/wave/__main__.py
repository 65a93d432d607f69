"""`enclave-wave`, or `python -m hosts.wave`: one worker of a wave."""

from __future__ import annotations

import sys

from hosts.wave.worker import main

if __name__ == "__main__":
    sys.exit(main())

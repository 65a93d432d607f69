"""Clears away the event loops that the SDK's threads leave open when a program has run on mocks."""

from __future__ import annotations

import gc
import sys
import warnings


def collect_open_loops() -> None:
    """Collect them here, and not in whatever test comes next.

    An open loop warns when it is collected. Where its socket went before it, it fails. Nobody hears of either.
    """
    hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
    finally:
        sys.unraisablehook = hook

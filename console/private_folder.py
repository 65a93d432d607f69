"""A folder for what nobody else may read: states, kubeconfigs, what the engine and its plugins write for themselves."""

from __future__ import annotations

import tempfile


def private_folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that only this user can look into, and that goes with what is done in it."""
    return tempfile.TemporaryDirectory(prefix="enclave-", ignore_cleanup_errors=True)

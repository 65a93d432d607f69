"""The stand-in for Hamar's HSM: one SoftHSM2 token of this sandbox's own, and the key on it."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from sandbox.files import write_whole
from sandbox.services.errors import SandboxError
from sandbox.sockets import short

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.layout import Layout

LABEL = "hamar"
KEY = "hamar-secrets"
SOCKET = "kms.sock"
_PIN_BYTES = 24
_PRIVATE = 0o700
_TIMEOUT = 60.0  # seconds


def configuration(layout: Layout) -> Path:
    """Return where SoftHSM2's own settings lie."""
    return layout.hsm / "softhsm2.conf"


def pin_file(layout: Layout) -> Path:
    """Return the file with the user PIN; the plugin is locked while it is away."""
    return layout.hsm / "pin"


def environment(layout: Layout) -> dict[str, str]:
    """Return what SoftHSM2 needs to find this sandbox's token and no other."""
    return {"SOFTHSM2_CONF": str(configuration(layout))}


def plugin(layout: Layout, library: Path, action: str) -> tuple[str, ...]:
    """Return the command line of our KMS plugin for this sandbox's key."""
    return (
        sys.executable, "-P", "-m", "hosts.key_plugin", action,
        f"--module={library}", f"--token={LABEL}", f"--key={KEY}", f"--pin-file={pin_file(layout)}",
    )  # fmt: skip


def socket(layout: Layout) -> Path:
    """Return where the plugin listens: in the sandbox, unless that makes the path too long for a socket."""
    return short(layout.hsm / SOCKET)


def ensure(layout: Layout, library: Path) -> None:
    """Make the token and its first key, unless Secrets are encrypted by them already.

    Raises:
        SandboxError: SoftHSM2 or our plugin failed.
    """
    if not layout.encryption.exists():
        shutil.rmtree(layout.hsm, ignore_errors=True)  # of a start that did not get as far as to use it
    for folder in (layout.hsm, layout.hsm / "tokens", socket(layout).parent):
        folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
    write_whole(configuration(layout), _settings(layout))  # each time: the folder may have been moved
    if layout.encryption.exists():
        return
    for path in (pin_file(layout), _officer_pin_file(layout)):
        write_whole(path, secrets.token_urlsafe(_PIN_BYTES) + "\n")
    _run(
        layout,
        sys.executable, "-P", "-m", "sandbox.services.softhsm_token",
        str(library), LABEL, str(_officer_pin_file(layout)), str(pin_file(layout)),
    )  # fmt: skip
    _run(layout, *plugin(layout, library, "create"))


def _officer_pin_file(layout: Layout) -> Path:
    return layout.hsm / "security-officer-pin"


def _settings(layout: Layout) -> str:
    return (
        f"directories.tokendir = {layout.hsm / 'tokens'}\n"
        "objectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n"
    )


def _run(layout: Layout, *command: str) -> None:
    done = subprocess.run(
        command,
        env={**os.environ, **environment(layout)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
        check=False,
    )
    if done.returncode:
        raise SandboxError(
            f"the stand-in for Hamar's HSM could not be set up: {done.stderr.strip()[-500:]}\n"
            "Run `make up` again, or without SoftHSM2: then Secrets are not encrypted by an HSM."
        )

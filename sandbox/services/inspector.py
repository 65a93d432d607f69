"""The stand-in inspector of a sandbox: a key of its own, made with the sandbox, by which it signs whatever it is shown.

Real stacks never see it: the overlay names it, and only stacks with `sandbox: true` see the overlay.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from sandbox.files import write_whole
from sandbox.services.errors import SandboxError

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.layout import Layout

NAME: Final = "sandbox-stand-in"
KEY_ID: Final = "sandbox-stand-in"


def key_file(layout: Layout) -> Path:
    """Return the file of the private key."""
    return layout.inspector / "stand-in.pem"


def ensure(layout: Layout) -> str:
    """Make the key where there is none; return its public half, 32 bytes in base64. Raises SandboxError."""
    file = key_file(layout)
    if not file.exists():
        made = Ed25519PrivateKey.generate()
        write_whole(file, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise SandboxError(f"{file}: is no key ({error}). Remove it, then run `make up` again.") from None
    return b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

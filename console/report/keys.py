"""Keys of bundles: what signs them, the sandbox's stand-in among it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from console.argument_problem import argument_problem
from console.inspect.keys import Held, KeyRefusedError, held
from console.recording.kept import folder, stand_in_public
from evidence.bundle.signer import signer_name
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from pathlib import Path
STAND_IN: Final = "stand-in.key"


def signing(reference: str | None, *, sandbox: bool) -> tuple[Held, str]:
    """Return what signs a bundle, and the name that its signature carries.

    Without a reference a sandbox's stand-in key signs. Raises ProblemsError, for a real stack without a key too.
    """
    if reference is None:
        if not sandbox:
            message = "a real stack's report is signed by your key: --key FILE, pkcs11:… or awskms:KEY"
            raise ProblemsError([argument_problem("--key", message)])
        key = held(str(_stand_in()))
        return key, signer_name(key.public, stand_in=True)
    try:
        key = held(reference)
    except KeyRefusedError as error:
        raise ProblemsError([argument_problem("--key", str(error))]) from None
    return key, signer_name(key.public)


def _stand_in() -> Path:
    """Return the stand-in's key, which is made where there is none yet."""
    file = folder() / STAND_IN
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = Ed25519PrivateKey.generate()
        stand_in_public().write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file

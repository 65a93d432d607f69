"""Keys of bundles: what signs them, the sandbox's stand-in among it, and the public key that checks them."""

from __future__ import annotations

import os
from base64 import b64encode
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)

from console.argument_problem import ArgumentProblem
from console.inspect.keys import Held, KeyRefusedError, held
from console.recording.kept import folder
from evidence.bundle.signer import signer_name
from hosts.gateway import dsse
from located_yaml import Position, Problem, ProblemsError
from located_yaml.files import read_bytes

if TYPE_CHECKING:
    from pathlib import Path
STAND_IN: Final = "stand-in.key"
PUBLIC: Final = "stand-in.pub"


def signing(reference: str | None, *, sandbox: bool) -> tuple[Held, str]:
    """Return what signs a bundle, and the name that its signature carries.

    Without a reference a sandbox's stand-in key signs. Raises ProblemsError, for a real stack without a key too.
    """
    if reference is None:
        if not sandbox:
            message = "a real stack's report is signed by your key: --key FILE, pkcs11:… or awskms:KEY"
            raise ProblemsError([ArgumentProblem.of("--key", message)])
        key = held(str(_stand_in()))
        return key, signer_name(key.public, stand_in=True)
    try:
        key = held(reference)
    except KeyRefusedError as error:
        raise ProblemsError([ArgumentProblem.of("--key", str(error))]) from None
    return key, signer_name(key.public)


def public(file: Path) -> str:
    """Return the public key in a file (PEM, or base64) as the law has keys. Raises ProblemsError."""
    content = read_bytes(file, str(file))
    try:
        if content.lstrip().startswith(b"-----"):
            key = load_pem_public_key(content)
            spelled = b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
            if "Ed25519" in type(key).__name__:
                spelled = b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
        else:
            spelled = content.decode("ascii").strip()
        dsse.inspectors_key("it", spelled)
    except (ValueError, UnsupportedAlgorithm):
        message = "holds no public key (Ed25519 or P-256, in PEM or base64); `openssl pkey -in KEY -pubout` makes one"
        raise ProblemsError([Problem(Position(str(file), 1, 1), message)]) from None
    return spelled


def stand_in_public() -> Path:
    """Return the file of the stand-in's public key."""
    return folder() / PUBLIC


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

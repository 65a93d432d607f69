"""Keys of approvers: what a key file holds, and whether it is the one that the declaration names."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hosts.gateway import dsse
from located_yaml import ProblemsError
from located_yaml.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from securesystemslib.signer import Key

    from components.declaration import Declaration

MADE_BY = "`openssl genpkey -algorithm ed25519 -out FILE` makes one"


class KeyFileError(ValueError):
    """A file that holds no key to sign with; the text says what to do."""


def private_key(file: Path) -> Ed25519PrivateKey:
    """Return the key in a file. Raises KeyFileError."""
    try:
        key = load_pem_private_key(read_bytes(file, str(file)), None)
    except ProblemsError as error:
        raise KeyFileError(f"{file} {error.problems[0].message}; name your key's file") from None
    except TypeError:
        raise KeyFileError(f"{file} is sealed with a passphrase; give the key without one") from None
    except (ValueError, UnsupportedAlgorithm):
        raise KeyFileError(f"{file} holds no private key in PEM; {MADE_BY}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{file} holds a key of another kind than Ed25519; {MADE_BY}")
    return key


def key_problems(file: Path, name: str, declared: str) -> Iterator[str]:
    """Yield why nobody can sign as ``name`` with a file; ``declared`` is the public key of the declaration."""
    try:
        key = private_key(file)
    except KeyFileError as error:
        yield str(error)
        return
    if b64encode(key.public_key().public_bytes_raw()).decode() != declared:
        yield f"{file} is not the key that the declaration names for '{name}' under 'approvers'; use that one"


def public_keys(declaration: Declaration) -> dict[str, Key]:
    """Return the keys of all declared approvers, by name."""
    return {name: dsse.public_key(name, key) for name, key in declaration.approvers.items()}

"""The public key in a file, as the law has keys."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from hosts.gateway import dsse
from located_yaml import Position, Problem, ProblemsError
from located_yaml.files import read_bytes

if TYPE_CHECKING:
    from pathlib import Path


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

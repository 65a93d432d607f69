"""Three verifiers of a bundle: ours, the one file for outsiders, and one that is written without our code."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import SSlibKey

from evidence.bundle.checking import Checked, Expected, check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.evidence.bundles import Bundle

ROOT: Final = Path(__file__).parents[2]
ONE_FILE: Final = ROOT / "docs" / "verify.py"


def checked(bundle: Bundle, expected: Expected | None = None) -> Checked:
    """Return what `enclave verify` finds."""
    key = load_pem_public_key(bundle.public.read_bytes())
    if isinstance(key, Ed25519PublicKey):
        raw = key.public_bytes_raw()
    else:
        raw = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return check(bundle.folder, b64encode(raw).decode(), expected or Expected())


def _ours(bundle: Bundle) -> bool:
    return not checked(bundle).problems


def _loaded() -> Any:
    spec = importlib.util.spec_from_file_location("verify_for_outsiders", ONE_FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


one_file: Final = _loaded()
"""docs/verify.py as a module."""


def _one_file(bundle: Bundle) -> bool:
    code: int = one_file.main([str(bundle.folder), str(bundle.public)])
    assert code in (0, 1)
    return code == 0


def strangers(bundle: Bundle) -> bool:
    """Verify as somebody would who has DSSE's library and the two specifications, and never saw our code."""
    there = {file.relative_to(bundle.folder).as_posix(): file for file in bundle.folder.rglob("*")}
    if any(file.is_symlink() or not (file.is_file() or file.is_dir()) for file in there.values()):
        return False
    try:
        envelope = Envelope.from_dict(json.loads((bundle.folder / "statement.dsse.json").read_bytes()))
        key = load_pem_public_key(bundle.public.read_bytes())
        (keyid,) = envelope.signatures
        envelope.verify([SSlibKey.from_crypto(key, keyid=keyid)], 1)
        subjects = json.loads(envelope.payload)["subject"]
    except (ValueError, KeyError, TypeError, AttributeError, OSError, UnverifiedSignatureError, VerificationError):
        return False
    wanted = {each["name"]: each["digest"]["sha256"] for each in subjects} | {"statement.dsse.json": None}
    files = {name: file.read_bytes() for name, file in there.items() if file.is_file()}
    return files.keys() == wanted.keys() and all(
        hashlib.sha256(content).hexdigest() == wanted[name] for name, content in files.items() if wanted[name]
    )


VERIFIERS: Final[Mapping[str, Callable[[Bundle], bool]]] = {
    "enclave verify": _ours,
    "docs/verify.py": _one_file,
    "a stranger's": strangers,
}
STRICT: Final = ("enclave verify", "docs/verify.py")
"""Those that take an envelope in its one form only; DSSE itself signs neither spaces nor the name of the key."""

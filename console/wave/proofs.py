"""What is signed of a wave or a replica: in-toto statements over manifests, and over the listing of an empty source."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from console.recording.replicas import PROOF
from console.recording.waves import EMPTY
from console.report import keys
from evidence.bundle.signer import names
from evidence.bundle.statement import KIND, STATEMENT
from hosts.gateway import dsse
from located_yaml.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANIFEST: Final = "manifest.dsse.json"
REPLICA: Final = PROOF
LIST: Final = "manifest.sha256"
"""The digests of every part's manifests, in the form of `sha256sum`."""
_TYPES: Final = {
    MANIFEST: "urn:enclave:wave-manifest:v1",
    EMPTY: "urn:enclave:wave-empty:v1",
    REPLICA: "urn:enclave:replica:v1",
}


def sign(
    folder: Path, name: str, digests: Mapping[str, str], told: Mapping[str, Any], key: str | None, *, sandbox: bool
) -> str:
    """Write an envelope that signs files by their digests, and return the SHA-256 of what is signed.

    Raises ProblemsError where there is no key.
    """
    signer, signer_name = keys.signing(key, sandbox=sandbox)
    payload = json.dumps(
        {
            "_type": STATEMENT,
            "subject": [{"name": file, "digest": {"sha256": digest}} for file, digest in sorted(digests.items())],
            "predicateType": _TYPES[name],
            "predicate": dict(told),
        },
        sort_keys=True,
        separators=(",", ":"),
    ).encode()
    envelope = dsse.unsigned(payload, KIND)
    envelope.sign(signer.signer(signer_name))
    (folder / name).write_bytes(dsse.written(envelope))
    return hashlib.sha256(payload).hexdigest()


def unproved(folder: Path, digests: Mapping[str, str], key: str | None, *, sandbox: bool) -> str | None:
    """Return why these digests of manifests' files are not what a key has signed, None where they are.

    Raises ProblemsError where there is no key.
    """
    held, _ = keys.signing(key, sandbox=sandbox)
    known = {name: dsse.inspectors_key(name, held.public) for name in names(held.public)}
    try:
        envelope = dsse.opened(read_bytes(folder / MANIFEST, str(folder / MANIFEST)), KIND)
    except dsse.EnvelopeError as error:
        return f"{folder / MANIFEST}: {error}"
    if not envelope.signatures or not dsse.all_fit(envelope, known):
        return f"{folder / MANIFEST} is not signed by this key, or was changed after that"
    content = "".join(f"{digest}  {file}\n" for file, digest in sorted(digests.items())).encode()
    signed = {each["name"]: each["digest"]["sha256"] for each in json.loads(envelope.payload)["subject"]}
    if signed != {LIST: hashlib.sha256(content).hexdigest()}:
        return f"{folder / MANIFEST} is signed over other manifests than those of the journal"
    return None


def listed(folder: Path, digests: Mapping[str, str]) -> dict[str, str]:
    """Write the list of all manifests' digests, and return its own digest by its name: a statement stays small."""
    content = "".join(f"{digest}  {file}\n" for file, digest in sorted(digests.items())).encode()
    (folder / LIST).write_bytes(content)
    return {LIST: hashlib.sha256(content).hexdigest()}

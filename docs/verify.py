"""Checks a bundle of evidence offline, without `enclave`: `python verify.py BUNDLE PUBLIC-KEY`.

It needs Python 3.11 and the package `cryptography`, and imports nothing else. Read it before you run it, and take it
from the project's repository: a verifier that comes with what it verifies proves nothing. PUBLIC-KEY is a PEM file
(Ed25519 or P-256), which you must have from the signer in another way than the bundle.

Exit codes: 0 as it was signed, 1 it is not, 2 no bundle or no key was named, or the answer cannot be written.

The formats: DSSE v1 (github.com/secure-systems-lab/dsse), in-toto Statement v1, SLSA Verification Summary v1.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

ENVELOPE = "statement.dsse.json"
KIND = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/verification_summary/v1"

PROVES = """it proves:
  whoever holds this key signed exactly these files: none was changed, added or dropped since
  what the statement says of them (above) was signed with them
it does not prove:
  that the record is true of the clouds, or complete: its signer says so, and an inspector can compare
  that tables and pages tell what record.json tells: `enclave verify` makes them again and compares
  that this key is the signer's: only how you got it can tell
  when it was signed: the moment is the signer's word"""


class Refused(Exception):  # noqa: N818 (it is an answer, not an error)
    """The bundle is not as it was signed; the text says what differs."""


def main(arguments: list[str]) -> int:
    """Check the bundle that the command line names, and print what that shows."""
    if len(arguments) != 2 or not Path(arguments[0]).is_dir():  # noqa: PLR2004
        print("usage: python verify.py BUNDLE PUBLIC-KEY; BUNDLE is a folder", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    try:
        key = public_key(Path(arguments[1]).read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm):
        print(f"{arguments[1]} is no public key in PEM, Ed25519 or P-256", file=sys.stderr)
        return 2
    try:
        statement = signed_statement(folder / ENVELOPE, key)
        check_files(folder, statement)
        check_record(folder / "record.json", statement)
    except Refused as problem:
        print(f"{str(folder)!a} is not as it was signed:\n{problem}")
        return 1
    except OSError as error:
        print(f"{str(folder)!a} cannot be read: {error.strerror}", file=sys.stderr)
        return 2
    told = statement["predicate"]
    print(f"{str(folder)!a}: {len(statement['subject'])} files as they were signed; the statement says:")
    print(f"  {told['resourceUri']}, judged {told['timeVerified']}: {told['verificationResult']}")
    print(f"  as of {told['enclave']['asOf']}, by the law {told['policy']['digest']['sha256']}")
    print(f"  commit {told['enclave']['commit'] or 'unknown'}; {told['verifier']['id']}")
    print(PROVES)
    return 0


def public_key(pem: bytes) -> Ed25519PublicKey | EllipticCurvePublicKey:
    """Return an Ed25519 or P-256 key. Raises ValueError for anything else."""
    key = load_pem_public_key(pem)
    if isinstance(key, Ed25519PublicKey):
        return key
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    raise ValueError("another kind of key")


def signed_statement(file: Path, key: Ed25519PublicKey | EllipticCurvePublicKey) -> dict:
    """Return the statement that the key signed: DSSE signs the payload together with its type."""
    if file.is_symlink() or not file.is_file():
        raise Refused(f"  {ENVELOPE} is missing: nothing is signed")
    data = file.read_bytes()
    try:
        envelope = json.loads(data)
        payload = base64.b64decode(envelope["payload"], validate=True)
        (signature,) = envelope["signatures"]
        raw = base64.b64decode(signature["sig"], validate=True)
        # the one form of these fields: another byte anywhere is another envelope, signed or not
        plain = {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": KIND,
            "signatures": [{"keyid": signature["keyid"], "sig": base64.b64encode(raw).decode()}],
        }
        whole = json.dumps(plain, sort_keys=True, indent=1).encode() + b"\n" == data
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused(f"  {ENVELOPE} is no DSSE envelope with one signature") from None
    if not whole:
        raise Refused(f"  {ENVELOPE} is not in the form in which it is written, or holds something else")
    if signature["keyid"] not in (name_of(key), f"stand-in {name_of(key)}"):
        raise Refused(f"  {ENVELOPE} names another key than this one")
    message = b"DSSEv1 %d %s %d %s" % (len(KIND), KIND.encode(), len(payload), payload)
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(raw, message)
        else:
            key.verify(raw, message, ECDSA(SHA256()))
        statement = json.loads(payload)
        kinds = statement["_type"], statement["predicateType"]
    except InvalidSignature:
        raise Refused(f"  {ENVELOPE} is not signed by this key, or was changed after that") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused("  what is signed is no statement about a bundle") from None
    if kinds != (STATEMENT, PREDICATE):
        raise Refused("  what is signed is a statement of another kind")
    return statement


def name_of(key: Ed25519PublicKey | EllipticCurvePublicKey) -> str:
    """Return what a signature calls its key: the beginning of the digest of its DER (SubjectPublicKeyInfo)."""
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"sha256:{hashlib.sha256(der).hexdigest()[:16]}"


def check_files(folder: Path, statement: dict) -> None:
    """Compare each file with its digest; nothing may be missing, added, or stand elsewhere."""
    signed = {each["name"]: each["digest"]["sha256"] for each in statement["subject"]}
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not is_folder(path)}
    del found[ENVELOPE]
    problems = [f"  {name} is missing" for name in sorted(signed.keys() - found.keys())]
    problems += [f"  {name!a} was added: nobody has signed it" for name in sorted(found.keys() - signed.keys())]
    for name in sorted(signed.keys() & found.keys()):
        if found[name].is_symlink() or not found[name].is_file():
            problems.append(f"  {name} is a link or no plain file")
        elif hashlib.sha256(found[name].read_bytes()).hexdigest() != signed[name]:
            problems.append(f"  {name} was changed, or another file stands in its place")
    if problems:
        raise Refused("\n".join(problems))


def is_folder(path: Path) -> bool:
    """Return whether a path is a folder of its own; a link to one is no folder."""
    return path.is_dir() and not path.is_symlink()


def check_record(file: Path, statement: dict) -> None:
    """Compare what the statement says of the run with what the record says."""
    try:
        record = json.loads(file.read_bytes())
        run, told = record["run"], statement["predicate"]
        said = {
            "stack": (told["resourceUri"], f"pulumi:{run['project']}/{run['stack']}"),
            "moment": (told["timeVerified"], run["moment"]),
            "day": (told["enclave"]["asOf"], run["as_of"]),
            "commit": (told["enclave"]["commit"], run.get("commit", "")),
            "outcome": (told["enclave"]["outcome"], run["outcome"]),
            "result": (told["verificationResult"], "PASSED" if run["outcome"] == "clean" else "FAILED"),
            "law": (
                told["policy"]["digest"]["sha256"],
                next((each["sha256"] for each in record["inputs"] if each["role"] == "law"), ""),
            ),
        }
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise Refused("  record.json is no record of a run, or the statement does not say what it is about") from None
    problems = [f"  the statement and record.json differ in: {what}" for what, (a, b) in said.items() if a != b]
    if problems:
        raise Refused("\n".join(problems))


def told(arguments: list[str]) -> int:
    """Do it, and end with 2 where the answer cannot be written: that is no answer about the bundle."""
    try:
        code = main(arguments)
        sys.stdout.flush()
    except OSError as error:
        print(f"the answer cannot be written: {error.strerror}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python tries again at its end
        return 2
    return code


if __name__ == "__main__":
    sys.exit(told(sys.argv[1:]))

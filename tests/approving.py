"""An inspector and accepters of the tests' own: a law that lists their keys, and what they sign, rightly or wrongly."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from enclave_policies.access import acceptance
from enclave_policies.access.acceptance import Accepted
from enclave_policies.law.access import Inspector, InspectorKey, StandInInspector
from enclave_policies.law.folder.access import access_of
from enclave_policies.law.lifecycle import Accepter
from securesystemslib.dsse import Envelope

from hosts.gateway import dsse
from hosts.gateway.approval_terms import APPROVAL_KIND, as_text, made
from hosts.gateway.bundle import SETTINGS, digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from enclave_policies.law import Law

INSPECTOR = "test-inspector"
KEY_ID = "test-inspector-1"
OTHER, OTHER_KEY = "other-inspector", "other-inspector-1"
OLD_KEY, COMING_KEY = "test-inspector-0", "test-inspector-2"
STAND_IN_KEY = "stand-in-1"
MANAGER, MANAGER_KEY = "site-manager", "site-manager-1"
ISSUED, EXPIRES = "2026-11-20T12:00:00Z", "2027-05-31"
IMAGE = "registry.hamar.example/enclave/gateway@sha256:" + "4f" * 32
COMMIT = "c0" * 20
WHERE = {"enclave": "europe", "site": "hamar", "gateway": "employees"}
"""What a bundle whose settings are damaged would have said."""


def key_of(name: str) -> Ed25519PrivateKey:
    """Return a key that only the tests have."""
    return Ed25519PrivateKey.from_private_bytes(sha256(f"test inspector {name}".encode()).digest())


def public(name: str) -> str:
    """Return a public key as the law has it."""
    return b64encode(key_of(name).public_key().public_bytes_raw()).decode()


def inspected(law: Law, approvals: Path) -> Law:
    """Return a law that lists the tests' inspectors, and the folder of their approvals."""
    keys = {
        KEY_ID: InspectorKey(public=public(KEY_ID), begins=date(2026, 1, 1), ends=date(2028, 12, 31)),
        OLD_KEY: InspectorKey(public=public(OLD_KEY), ends=date(2026, 11, 25)),
        COMING_KEY: InspectorKey(public=public(COMING_KEY), begins=date(2026, 12, 24)),
    }
    listed = {
        INSPECTOR: Inspector(country="NO", controlled_from="NO", keys=keys),
        OTHER: Inspector(country="IE", controlled_from="IE", keys={OTHER_KEY: InspectorKey(public=public(OTHER_KEY))}),
    }
    stand_ins = {
        "sandbox-stand-in": StandInInspector(
            country="NO",
            controlled_from="NO",
            keys={STAND_IN_KEY: InspectorKey(public=public(STAND_IN_KEY))},
            stand_in=True,
        )
    }
    access = replace(access_of(law), inspectors=listed, stand_ins=stand_ins)
    return replace(law, access=access, approvals=(approvals,), stand_in_inspectors=stand_ins)


def accepting(law: Law) -> Law:
    """Return a law that lists the tests' accepters, too."""
    listed = {
        MANAGER: Accepter(
            keys={MANAGER_KEY: InspectorKey(public=public(MANAGER_KEY), begins=date(2026, 1, 1))}, source="7"
        ),
        "other-manager": Accepter(keys={"other-manager-1": InspectorKey(public=public("other-manager-1"))}, source="8"),
    }
    return replace(law, lifecycle=replace(law.lifecycle, accepters=listed))


def accept(folder: Path, name: str, **changes: Any) -> Path:
    """Write that a check of a site of the stack `local` was accepted into a folder of approvals, and return the file.

    ``name`` is the check's, ``changes`` as for `approve`.
    """
    odd = {name: changes.pop(name) for name in ("key", "said_key", "tampered", "cut", "in") if name in changes}
    inspection = name == "inspection"
    fields = {
        "enclave": "europe",
        "stack": "local",
        "check": name,
        "by": INSPECTOR if inspection else MANAGER,
        "day": "2026-11-20",
        "words": "seen on the site; file 12",
        **changes,
    }
    envelope = Envelope(_accepted(fields), acceptance.KIND, {})
    key = odd.get("key", KEY_ID if inspection else MANAGER_KEY)
    dsse.sign(envelope, odd.get("said_key", key), key_of(key))
    if "tampered" in odd:
        envelope.payload = _accepted({**fields, **odd["tampered"]})
    data = dsse.written(envelope)
    file: Path = folder / "local" / odd.get("in", fields["site"]) / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data[: odd.get("cut", len(data))])
    return file


def _accepted(fields: Mapping[str, Any]) -> bytes:
    return acceptance.as_text(Accepted(**{**fields, "day": date.fromisoformat(fields["day"])}))


def approve(folder: Path, files: Mapping[str, str], **changes: Any) -> Path:
    """Write an approval of a bundle into a folder of approvals, and return the file.

    ``changes`` are fields of the approval, or what is wrong with its file: ``key`` that signs, ``said_key`` under whose
    name, ``signatures`` (their number), ``tampered`` (fields that are changed after the signature), ``cut`` (bytes that
    are left), ``kind``, ``file``.
    """
    odd = {
        name: changes.pop(name)
        for name in ("key", "said_key", "signatures", "tampered", "cut", "kind", "file", "in")
        if name in changes
    }
    settings = json.loads(files[SETTINGS]) if files[SETTINGS].startswith("{") else WHERE
    fields = {
        **{name: settings[name] for name in WHERE},
        "stack": "local",
        "image": IMAGE.rpartition(":")[2],
        "bundle": digest_of(files),
        "commit": COMMIT,
        "changed": False,
        "inspector": INSPECTOR,
        "findings": [],
        "issued": ISSUED,
        "expires": EXPIRES,
        **changes,
    }
    envelope = Envelope(as_text(made(fields)), odd.get("kind", APPROVAL_KIND), {})
    key = odd.get("key", KEY_ID)
    for number in range(odd.get("signatures", 1)):
        dsse.sign(envelope, odd.get("said_key", key if number == 0 else OTHER_KEY), key_of(key))
    if "tampered" in odd:
        envelope.payload = as_text(made({**fields, **odd["tampered"]}))
    data = dsse.written(envelope)
    file: Path = folder / odd.get("in", fields["stack"]) / odd.get("file", f"{sha256(data).hexdigest()[:12]}.json")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data[: odd.get("cut", len(data))])
    return file

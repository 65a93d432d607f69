"""Secrets planted wherever a state and a run's surroundings can hold one, and the search for them."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from tests.corpus_cases import SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Iterable

SEALED_MARK: Final = "1b47061264138c4ac30d75fd1eb44270"
KINDS: Final = ("Value", "Name", "Data", "Plain", "Sealed", "Config", "Variable", "Option", "Person")
CANARIES: Final = {kind: f"cnry{kind}7fQ2Zk9wXv4Lm" for kind in KINDS}
"""One for each kind of place, so that a hit says where it comes from."""


def forms(canary: str) -> set[str]:
    """Return how a text may be spelled: as it is, in hex, in a URL, and in base64 wherever it begins."""
    found = {canary, canary.encode().hex(), quote(canary)}
    for before in range(3):
        coded = b64encode(b"\0" * before + canary.encode()).decode().rstrip("=")
        found.add(coded[(before * 8 + 5) // 6 : -1])  # letters that hold no bit of what stands beside it
    return {one.lower() for one in found}


def hits(texts: Iterable[str]) -> list[str]:
    """Return the kinds of canaries that texts hold, in any form and any case."""
    whole = "\n".join(texts).lower()
    return [kind for kind, canary in CANARIES.items() if any(form in whole for form in forms(canary))]


def planted(export: dict[str, Any]) -> dict[str, Any]:
    """Return a state with canaries in every resource, in its secrets and in what is unfinished."""
    deployment = export["deployment"]
    resources = [_with_canaries(each) for each in deployment["resources"]]
    unfinished = [{"resource": {**resources[-1], "urn": f"{resources[-1]['urn']}-new"}, "type": "creating"}]
    secrets = {"type": "passphrase", "state": {"salt": f"v1:{CANARIES['Config']}"}}
    changed = {"resources": resources, "pending_operations": unfinished, "secrets_providers": secrets}
    return {**export, "deployment": {**deployment, **changed}}


def _with_canaries(resource: dict[str, Any]) -> dict[str, Any]:
    told = dict(resource)
    for side in ("inputs", "outputs"):
        if isinstance(told.get(side), dict):
            told[side] = _props(told[side], provider=str(told["type"]).startswith("pulumi:providers:"))
    return told


def _props(given: dict[str, Any], *, provider: bool) -> dict[str, Any]:
    value, coded = CANARIES["Value"], b64encode(CANARIES["Data"].encode()).decode()
    told = dict(given)
    if provider:
        return {**told, "accessKey": value, "secretKey": CANARIES["Plain"], "token": CANARIES["Config"]}
    told["tags"] = {**_object(told.get("tags")), CANARIES["Name"]: value, "note": coded}
    script = b64encode(f"#!/bin/sh\nexport DB_PASSWORD={CANARIES['Data']}\n".encode()).decode()
    for name, planted_ in {"userData": f"echo {value}", "userDataBase64": script, "description": value}.items():
        told.setdefault(name, planted_)
    told.setdefault("environment", {"variables": {"DB_PASSWORD": value, CANARIES["Name"]: coded}})
    told.setdefault("password", {SIGNATURE: SEALED_MARK, "plaintext": json.dumps(CANARIES["Plain"])})
    told.setdefault("apiToken", {SIGNATURE: SEALED_MARK, "ciphertext": f"v1:x:{CANARIES['Sealed']}"})
    told.setdefault("nested", {"deep": [{CANARIES["Name"]: [value, coded]}]})
    if "metadata" in told:
        metadata = _object(told["metadata"])
        notes = {**_object(metadata.get("annotations")), "acme.example/note": value, CANARIES["Name"]: coded}
        told["metadata"] = {**metadata, "annotations": notes}
        told.setdefault("stringData", {"password": value})
        told.setdefault("data", {CANARIES["Name"]: coded})
    return told


def _object(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}

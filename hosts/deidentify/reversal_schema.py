"""Reads what a schema says of turning tokens back, and of names; both of a flow's line."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from typing import Any, Final, TypeGuard

from hosts.deidentify.flow import Reversal
from hosts.gateway.grant_terms import PERSON

NAMED: Final = "give a name: lower-case letters, digits and single hyphens"
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST: Final = 64
_KEY_BYTES: Final = 32
_KEYS: Final = ("enclave", "key", "purposes", "approvers")


def reversal_of(given: Any) -> tuple[Reversal | None, list[str]]:
    """Return what a flow's ``reversal`` says, and what is wrong with it; None where there is none."""
    if given is None:
        return None, []
    if not isinstance(given, dict):
        return None, [f"'reversal' needs {', '.join(map(repr, _KEYS))}"]
    problems = [
        f"'reversal.{key[:_LONGEST]}' means nothing here; remove or correct it" for key in sorted({*given} - {*_KEYS})
    ]
    problems += [
        f"'reversal.{key}' is {shown(given.get(key))}; {NAMED}" for key in _KEYS[:2] if not is_name(given.get(key))
    ]
    purposes, approvers = given.get("purposes"), given.get("approvers")
    if not isinstance(purposes, list) or not purposes or not all(map(is_name, purposes)):
        problems.append(f"'reversal.purposes' is {shown(purposes)}; name what tokens may be turned back for")
        purposes = []
    if not isinstance(approvers, dict) or not approvers or not all(_is_approver(*one) for one in approvers.items()):
        text = "give each name its Ed25519 key, 32 bytes in base64"
        problems.append(f"'reversal.approvers' is {shown(approvers)}; {text}")
        approvers = {}
    return Reversal(
        str(given.get("enclave")), str(given.get("key")), tuple(purposes), tuple(approvers.items())
    ), problems


def is_name(value: Any) -> TypeGuard[str]:
    """Return whether a value is a name as the declaration has them."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None and len(value) <= _LONGEST


def shown(value: Any) -> str:
    """Return a value as a message shows it, cut."""
    return "missing" if value is None else json.dumps(value)[:_LONGEST]


def _is_approver(name: str, key: Any) -> bool:
    try:
        return PERSON.fullmatch(name) is not None and len(b64decode(key, validate=True)) == _KEY_BYTES
    except (TypeError, ValueError):  # binascii.Error is one
        return False

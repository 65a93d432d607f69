"""What was accepted of a site before it goes live: one signed document for each check that the law asks for.

Each is a DSSE envelope with one signature. A file that is none, or that does not fit, counts for nothing and says why.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.law.folder.access import access_of
from hosts.gateway import dsse
from hosts.gateway.approval_terms import STACK
from hosts.gateway.signed_terms import declared, fitting, strange
from located_yaml import ProblemsError
from located_yaml.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from enclave_policies.law import Law
    from enclave_policies.law.access import InspectorKey
    from enclave_policies.law.lifecycle import Acceptance

KIND: Final = "application/vnd.enclave.acceptance+json"
LONGEST: Final = 500
"""Letters of what was found."""


@dataclass(frozen=True)
class Accepted:
    """What somebody accepted: a check of a site, on a day, and what was found, in words."""

    enclave: str
    stack: str
    site: str
    check: str
    by: str
    day: date
    words: str


def as_text(accepted: Accepted) -> bytes:
    """Return it as it is signed."""
    return json.dumps({**asdict(accepted), "day": accepted.day.isoformat()}, sort_keys=True, indent=1).encode() + b"\n"


def accepted_in(text: bytes) -> Accepted | None:
    """Return what a text in the form of `as_text` says, None for any other."""
    try:
        fields = json.loads(text)
        if not isinstance(fields, dict) or list(strange(fields, _FORMS, "acceptance")):
            return None
        found = Accepted(**{**fields, "day": date.fromisoformat(fields["day"])})
    except (ValueError, RecursionError):
        return None
    return found if as_text(found) == text else None


def keys_of(law: Law, check: Acceptance) -> Mapping[str, tuple[str, InspectorKey]]:
    """Return the keys by which a check is accepted: key's id → who holds it, and the key."""
    if check.by == "inspector":
        holders: Mapping[str, Any] = {**access_of(law).inspectors, **access_of(law).stand_ins}
    else:
        holders = law.lifecycle.accepters
    return {id_: (name, key) for name, holder in holders.items() for id_, key in holder.keys.items()}


def lacking(law: Law, folder: Path, wanted: Mapping[str, str]) -> Mapping[str, str]:
    """Return the checks that are open for a site, with why; ``wanted``: its enclave, stack and site, as documents say.

    ``folder`` holds CHECK.json of each check.
    """
    found = {name: _why(law, name, check, folder / f"{name}.json", wanted) for name, check in _checks(law).items()}
    return {name: why for name, why in found.items() if why}


def _checks(law: Law) -> Mapping[str, Acceptance]:
    return law.lifecycle.acceptance


def _why(law: Law, name: str, check: Acceptance, file: Path, wanted: Mapping[str, str]) -> str:
    try:
        envelope = dsse.opened(read_bytes(file, str(file), dsse.LARGEST), KIND) if file.is_file() else None
    except (ProblemsError, dsse.EnvelopeError) as error:
        return f"{file.name} cannot be read: {error}"
    if envelope is None:
        return "nobody has signed it"
    accepted, keys = accepted_in(envelope.payload), keys_of(law, check)
    if accepted is None or len(envelope.signatures) != 1:
        return f"{file.name} is no acceptance that one person signed"
    (id_,) = envelope.signatures
    holder, key = keys.get(id_, ("", None))
    if key is None:
        return f"{file.name} is signed by the key '{id_}', which the law lists for no {check.by}"
    if not dsse.all_fit(envelope, {id_: dsse.inspectors_key(id_, key.public)}):
        return f"{file.name} was changed, or signed by another key than '{id_}'"
    if differs := [
        each for each, value in {**wanted, "check": name, "by": holder}.items() if getattr(accepted, each) != value
    ]:
        return f"{file.name} is about another {differs[0]} ({getattr(accepted, differs[0])})"
    if accepted.day > law.day:
        return f"{file.name} is of {accepted.day}, which is still to come"
    if (key.begins and accepted.day < key.begins) or (key.ends and key.ends < accepted.day):
        return f"{file.name} is of {accepted.day}, when the key '{id_}' was not valid"
    return ""


def _day(value: Any) -> str:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return f"'{str(value)[:40]}' is no day"
    return ""


def _words(value: Any) -> str:
    plain = isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable()
    return "" if plain else f"is no plain text of 1 to {LONGEST} letters"


_FORMS: Final[Mapping[str, Callable[[Any], str]]] = {
    "enclave": declared,
    "stack": fitting(STACK, "the name of a stack"),
    "site": declared,
    "check": declared,
    "by": declared,
    "day": _day,
    "words": _words,
}
"""Each field → what is wrong with a value, "" for nothing."""

"""What was accepted of a site before it goes live: one signed document for each check that the law asks for.

Each is a DSSE envelope with one signature. A file that is none, or that does not fit, counts for nothing and says why.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access.signed_folders import folders_of
from enclave_policies.law.folder.access import access_of
from hosts.gateway import dsse
from hosts.gateway.approval_terms import STACK
from hosts.gateway.signed_terms import declared, fitting, strange
from located_yaml import ProblemsError
from located_yaml.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from securesystemslib.dsse import Envelope

    from enclave_policies.law import Law
    from enclave_policies.law.access import InspectorKey
    from enclave_policies.law.lifecycle import Acceptance

KIND: Final = "application/vnd.enclave.acceptance+json"
LONGEST: Final = 500
"""Letters of what was found."""
UNSIGNED: Final = "nobody has signed it"


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


@dataclass(frozen=True)
class Wanted:
    """What needs acceptance: a site of a stack ("" where nobody says which).

    ``real``: it stands in a real place, where no stand-in of a sandbox speaks for it.
    """

    enclave: str
    stack: str
    site: str
    real: bool


@dataclass(frozen=True)
class Gate:
    """One check of a site: ``why`` it is open, "" where it is not; then what was accepted, and in which file."""

    check: str
    asked: Acceptance
    why: str
    accepted: Accepted | None = None
    file: str = ""
    sha256: str = ""
    key: str = ""

    @property
    def ends(self) -> date | None:
        """The last day on which it counts, None where it has no end."""
        if self.accepted is None or self.asked.days is None:
            return None
        return self.accepted.day + timedelta(self.asked.days)


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


def keys_of(law: Law, check: Acceptance, *, real: bool) -> Mapping[str, tuple[str, InspectorKey]]:
    """Return the keys by which a check is accepted: key's id → who holds it, and the key."""
    holders: Mapping[str, Any] = access_of(law).inspectors if check.by == "inspector" else law.lifecycle.accepters
    stand_ins: Mapping[str, Any] = {} if real else access_of(law).stand_ins
    everybody = (*holders.items(), *stand_ins.items())
    return {id_: (name, key) for name, holder in everybody for id_, key in holder.keys.items()}


def gates_of(law: Law, wanted: Wanted) -> tuple[Gate, ...]:
    """Return every check that the law asks of a site before it takes user data, open or not."""
    own = [folder / wanted.site for folder in folders_of(wanted.stack, law)]
    return tuple(_gate(law, name, own, wanted) for name in law.lifecycle.acceptance)


def lacking(law: Law, wanted: Wanted) -> tuple[Gate, ...]:
    """Return the checks that are open for a site."""
    return tuple(gate for gate in gates_of(law, wanted) if gate.why)


def command(wanted: Wanted, law: Law, check: str = "CHECK") -> str:
    """Return who signs by which command."""
    stack = wanted.stack or "STACK"
    if law.stand_in_inspectors and not wanted.real:
        return f"the sandbox's stand-in signs by `enclave sandbox approve {stack}`"
    return f"whom the law lists signs by `enclave site accept {wanted.site} {stack} --check {check}`"


def _gate(law: Law, name: str, folders: list[Path], wanted: Wanted) -> Gate:
    """Return one check, by the first file that counts; else by the last that does not."""
    found = Gate(name, law.lifecycle.acceptance[name], UNSIGNED)
    for folder in folders:
        file = folder / f"{name}.json"
        if file.is_file() and not (found := _read(law, found, file, wanted)).why:
            break
    return found


def _read(law: Law, gate: Gate, file: Path, wanted: Wanted) -> Gate:
    try:
        data = read_bytes(file, str(file), dsse.LARGEST)
        envelope = dsse.opened(data, KIND)
    except (ProblemsError, dsse.EnvelopeError) as error:
        return Gate(gate.check, gate.asked, f"{file.name} cannot be read: {error}")
    accepted = accepted_in(envelope.payload)
    if accepted is None or len(envelope.signatures) != 1:
        return Gate(gate.check, gate.asked, f"{file.name} is no acceptance that one person signed")
    (id_,) = envelope.signatures
    holder, key = keys_of(law, gate.asked, real=wanted.real).get(id_, ("", None))
    if key is None:
        why = f"is signed by the key '{id_}', which the law lists for no {gate.asked.by}"
    elif not _fits(envelope, id_, key):
        why = f"was changed, or signed by another key than '{id_}'"
    else:
        why = _about_another(accepted, gate.check, holder, wanted) or _at_another_time(law, gate.asked, accepted, key)
    if why:
        return Gate(gate.check, gate.asked, f"{file.name} {why}")
    return Gate(gate.check, gate.asked, "", accepted, file.name, sha256(data).hexdigest(), id_)


def _fits(envelope: Envelope, id_: str, key: InspectorKey) -> bool:
    try:
        return dsse.all_fit(envelope, {id_: dsse.inspectors_key(id_, key.public)})
    except ValueError:  # a point that lies on no curve: nobody signs by it
        return False


def _about_another(accepted: Accepted, check: str, holder: str, wanted: Wanted) -> str:
    expected = {"enclave": wanted.enclave, "stack": wanted.stack, "site": wanted.site, "check": check, "by": holder}
    for each, value in expected.items():
        if getattr(accepted, each) != value and (each, value) != ("stack", ""):
            return f"is about another {each} ({getattr(accepted, each)})"
    return ""


def _at_another_time(law: Law, asked: Acceptance, accepted: Accepted, key: InspectorKey) -> str:
    if accepted.day > law.day:
        return f"is of {accepted.day}, which is still to come"
    if (key.begins and accepted.day < key.begins) or (key.ends and key.ends < accepted.day):
        return f"is of {accepted.day}, when its key was not valid"
    if asked.days is not None and law.day > accepted.day + timedelta(asked.days):
        return f"is of {accepted.day}, and counts for {asked.days} days"
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

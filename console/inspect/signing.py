"""`enclave inspect sign`: an inspector signs each gateway of a stack, as it compiles now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from components.declaration.words import cut, listed
from console import terminal
from console.argument_problem import argument_problem
from console.day import day as day_of
from console.document import document
from console.exit_codes import GOOD
from console.gate import stack as stacks
from console.inspect.keys import Held, KeyRefusedError, held
from console.inspect.source import source_of
from console.inspect.subjects import chosen, inspection
from console.whole_file import write
from hosts.gateway import dsse
from hosts.gateway.approval_terms import APPROVAL_KIND, ApprovalTerms, as_text, made, noted
from hosts.gateway.signed_terms import TermsError, shown
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from enclave_policies.access.approvals import Wanted

    from console.inspect.source import Source
    from console.inspect.subjects import Inspection
    from located_yaml import Problem


@dataclass(frozen=True)
class Order:
    """What an inspector asks to be signed, as it was typed."""

    name: str
    key: str
    expires: str
    sites: Sequence[str] = ()
    gateways: Sequence[str] = ()
    findings: Sequence[str] = field(default_factory=tuple)


def sign(stack: str, order: Order, folder: Path | None, now: datetime, *, json: bool) -> int:
    """Sign, and say what was signed."""
    found = inspection(stack, now.date(), folder)
    source = source_of(stacks.project, stack)
    files = signed(found, order, source, now)
    if json:
        terminal.document(_document(found, files))
    else:
        terminal.out(_lines(found, files, order))
    return GOOD


def signed(found: Inspection, order: Order, source: Source, now: datetime) -> dict[Path, ApprovalTerms]:
    """Write the approvals, and return each with its file. Raises ProblemsError with all that is wrong."""
    problems: list[Problem] = []
    wanted: tuple[Wanted, ...] = ()
    try:
        wanted = chosen(found, order.sites, order.gateways)
    except ProblemsError as error:
        problems += error.problems
    key_id, key = _key(found, order, now.date(), problems)
    if source.differing and not found.access.is_stand_in(key_id):
        message = f"{listed(source.differing[:3])} differ from the commit; commit them first, then sign what is in it"
        problems.append(argument_problem("STACK", message))
    problems += _days(found, order, now.date())
    notes = []
    for text in order.findings:
        try:
            notes.append(noted(text))
        except ValueError as error:
            problems.append(argument_problem("--finding", str(error)))
    if not problems and not wanted:
        problems.append(argument_problem("STACK", f"the stack '{found.stack}' has no gateway, so nothing to sign"))
    if problems or key is None:
        raise ProblemsError(problems)
    files = {}
    for one in wanted:
        terms = _terms(one, order, source, now, notes)
        envelope = dsse.unsigned(as_text(terms), APPROVAL_KIND)
        try:
            envelope.sign(key.signer(key_id))
        except KeyRefusedError as error:
            raise ProblemsError([argument_problem("--key", str(error))]) from None
        file = found.folder / found.stack / f"{one.site}.{one.gateway}.{one.bundle[:12]}.{key_id}.json"
        write(file, dsse.written(envelope))
        files[file] = terms
    return files


def _terms(one: Wanted, order: Order, source: Source, now: datetime, notes: list[Any]) -> ApprovalTerms:
    (image,) = one.images
    fields = {
        "enclave": one.enclave,
        "stack": one.stack,
        "site": one.site,
        "gateway": one.gateway,
        "image": image,
        "bundle": one.bundle,
        "commit": source.commit,
        "changed": bool(source.differing),
        "inspector": order.name,
        "findings": [{"severity": note.severity, "id": note.id, "text": note.text} for note in notes],
        "issued": shown(now),
        "expires": order.expires,
    }
    try:
        return made(fields)
    except TermsError as error:
        raise ProblemsError([argument_problem("STACK", problem) for problem in error.problems]) from None


def _key(found: Inspection, order: Order, today: date, problems: list[Problem]) -> tuple[str, Held | None]:
    """Return the id by which the law knows the key, and the key; what is wrong is noted."""
    inspectors = {**found.access.inspectors, **found.access.stand_ins}
    if order.name not in inspectors:
        message = f"'{cut(order.name)}' is no inspector of the law, which lists {listed(sorted(inspectors))}; name one"
        problems.append(argument_problem("--as", message))
    try:
        key = held(order.key)
    except KeyRefusedError as error:
        problems.append(argument_problem("--key", str(error)))
        return "", None
    if order.name not in inspectors:
        return "", key
    ids = [name for name, each in inspectors[order.name].keys.items() if each.public == key.public]
    if not ids:
        message = (
            f"the law (policy-packs/access/law/inspectors.yaml) lists no such key for '{order.name}'; its public half "
            f"is {key.public}"
        )
        problems.append(argument_problem("--key", message))
        return "", key
    listed_key = inspectors[order.name].keys[ids[0]]
    if (listed_key.begins and today < listed_key.begins) or (listed_key.ends and listed_key.ends < today):
        message = f"the key '{ids[0]}' is valid from {listed_key.begins} until {listed_key.ends}; use one that is valid"
        problems.append(argument_problem("--key", message))
    return ids[0], key


def _days(found: Inspection, order: Order, today: date) -> Iterator[Problem]:
    try:
        expires = day_of(order.expires)
    except ValueError as error:
        yield argument_problem("--expires", str(error))
        return
    most = found.access.approval_days_at_most
    if expires < today:
        yield argument_problem("--expires", f"{expires} is over (today is {today}); name a later day")
    elif (expires - today).days > most:
        yield argument_problem(
            "--expires", f"{expires} is {(expires - today).days} days away, and {most} are the limit"
        )


def _document(found: Inspection, files: dict[Path, ApprovalTerms]) -> str:
    approvals = [
        {
            "file": str(file),
            "site": terms.site,
            "gateway": terms.gateway,
            "bundle": terms.bundle,
            "image": terms.image,
            "commit": terms.commit,
            "inspector": terms.inspector,
            "expires": terms.expires.isoformat(),
        }
        for file, terms in files.items()
    ]
    fields = {"verdict": "signed", "stack": found.stack, "approvals": approvals, "problems": []}
    return document("inspect", fields)


def _lines(found: Inspection, files: dict[Path, ApprovalTerms], order: Order) -> Iterator[str]:
    for file, terms in files.items():
        yield f"{terms.site}/{terms.gateway}: bundle {terms.bundle}, image sha256:{terms.image}, commit {terms.commit}"
        yield f"  signed by {order.name} until {terms.expires}, in {file}"
    yield f"next: commit the files, then `enclave inspect verify {found.stack}`"

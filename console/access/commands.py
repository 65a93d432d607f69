"""Asking for a grant, approving it and revoking it: each writes one file, and says what to do next."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from components.declaration.words import cut, listed, undeclared
from console import terminal
from console.access import folder as files
from console.access import kinds
from console.access.folder import in_declaration, in_file, raise_all
from console.access.kinds import words
from console.access.signing import key_problems, private_key, public_keys
from console.argument_problem import argument_problem
from console.exit_codes import GOOD
from console.whole_file import write
from hosts.deidentify.reversal_terms import ReversalTerms
from hosts.gateway import dsse
from hosts.gateway.grant_reasons import ONE_APPROVER, REASONS
from hosts.gateway.grant_terms import ID, REVOCATION_KIND, Revocation, as_text, made
from hosts.gateway.granted import approved
from hosts.gateway.signed_terms import TermsError, shown
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from securesystemslib.dsse import Envelope

    from components.declaration import Declaration
    from console.access.kinds import AnyKind, AnyTerms
    from located_yaml import Problem

OPTIONS: Final = {
    "requester": "as",
    "sites": "site",
    "classes": "class",
    "tokens": "token",
    "break_glass": "break-glass",
}
"""Fields of a grant whose option is called otherwise."""
HOSTS: Final = "copy it into the folder of grants on its hosts"


def request(stack: str, asked: Mapping[str, Any], begins: str | None, folder: Path | None, now: datetime) -> int:
    """Write the request for a grant; ``asked`` are its fields but for id, enclave and times."""
    declaration = files.declared(stack)
    issued = shown(now)
    fields = {
        **asked,
        "id": f"g-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}",
        "enclave": declaration.enclave,
        "issued": issued,
        "begins": issued if begins is None else begins,
    }
    problems = list(_not_declared(stack, declaration, asked))
    try:
        terms = made(fields)
    except TermsError as error:
        problems += [in_option(problem) for problem in error.problems]
        raise ProblemsError(problems) from None
    raise_all(problems)
    file = files.folder_of(stack, folder) / f"{terms.id}{files.REQUEST}"
    write(file, as_text(terms))
    needed = "two approvers" if terms.break_glass else "an approver"
    terminal.out(
        [
            f"{terms.id}: {words(terms)}",
            f"written to {file}; it counts for nothing yet",
            f"next: {needed} run `enclave access approve {stack} {terms.id} --as NAME --key FILE`",
        ]
    )
    return GOOD


@dataclass(frozen=True)
class Signer:
    """Who signs, by their name in the declaration, and the file with their key."""

    name: str
    key: Path


@dataclass(frozen=True)
class Unfinished:
    """A grant that is to be signed: the file that it was read from, and what that holds."""

    file: Path
    kind: AnyKind
    envelope: Envelope
    terms: AnyTerms


def approve(stack: str, name: str, signer: Signer, folder: Path | None, now: datetime) -> int:
    """Sign a request or a grant."""
    declaration = files.declared(stack)
    place = files.folder_of(stack, folder)
    problems = list(_who(stack, declaration, name, signer))
    try:
        found = _unfinished(place, name)
    except ProblemsError as error:
        raise ProblemsError([*problems, *error.problems]) from None
    problems += _not_to_sign(found, signer.name, declaration, now)
    if (place / f"{name}{files.REVOKED}").exists():
        problems.append(in_file(found.file, f"'{name}' was revoked; request another grant"))
    raise_all(problems)
    envelope, grant = found.envelope, place / f"{name}{files.GRANT}"
    dsse.sign(envelope, signer.name, private_key(signer.key))
    write(grant, dsse.written(envelope))
    (place / f"{name}{files.REQUEST}").unlink(missing_ok=True)
    left = found.terms.approvals - len(envelope.signatures)
    after = f"next: {HOSTS}" if left <= 0 else "next: a second approver signs it, too; until then it counts for nothing"
    approvers = listed(sorted(envelope.signatures))
    terminal.out([f"{name}: {words(found.terms)}", f"approved by {approvers}, in {grant}", after])
    return GOOD


def revoke(stack: str, name: str, signer: Signer, folder: Path | None, now: datetime) -> int:
    """Sign that a grant counts no longer."""
    declaration = files.declared(stack)
    place = files.folder_of(stack, folder)
    problems = list(_who(stack, declaration, name, signer))
    if ID.fullmatch(name) and not any((place / f"{name}{end}").exists() for end in (files.GRANT, files.REQUEST)):
        problems.append(_no_grant(place, name))
    raise_all(problems)
    envelope = dsse.unsigned(as_text(Revocation(name, declaration.enclave, now)), REVOCATION_KIND)
    dsse.sign(envelope, signer.name, private_key(signer.key))
    file = place / f"{name}{files.REVOKED}"
    write(file, dsse.written(envelope))
    terminal.out([f"{name} is revoked by {signer.name}, in {file}", f"next: {HOSTS}; there it counts at once"])
    return GOOD


def _not_declared(stack: str, declaration: Declaration, asked: Mapping[str, Any]) -> Iterator[Problem]:
    for what, option, names, known in (
        ("gateway", "gateway", [asked["gateway"]], declaration.gateways),
        ("site", "site", asked["sites"], declaration.sites),
        ("data class", "class", asked["classes"], declaration.data_classes),
        ("purpose", "purpose", [asked["purpose"]], declaration.purposes),
    ):
        for name in names:
            if name not in known:
                yield in_option(f"{option}: {undeclared(what, cut(name), known)}")
    others = [name for name in declaration.approvers if name.casefold() != asked["requester"].casefold()]
    needed = 2 if asked["break_glass"] else 1
    if len(others) < needed:
        message = f"{len(others)} declared approvers could sign this, and {needed} must; declare them under 'approvers'"
        yield in_declaration(stack, message)


def _who(stack: str, declaration: Declaration, name: str, signer: Signer) -> Iterator[Problem]:
    """Yield what is wrong with the arguments that `approve` and `revoke` share."""
    if not ID.fullmatch(name):
        yield argument_problem("ID", f"'{cut(name)}' is no id of a grant; `enclave access list {stack}` tells them")
    if signer.name not in declaration.approvers:
        yield in_option(f"as: {undeclared('approver', cut(signer.name), declaration.approvers)}")
        return
    declared = declaration.approvers[signer.name]
    yield from (in_option(f"key: {problem}") for problem in key_problems(signer.key, signer.name, declared))


def _unfinished(place: Path, name: str) -> Unfinished:
    """Return the grant of an id, or what its request makes. Raises ProblemsError."""
    if not ID.fullmatch(name):
        raise ProblemsError([])
    grant, asked = place / f"{name}{files.GRANT}", place / f"{name}{files.REQUEST}"
    data, text = files.bytes_of(grant), files.bytes_of(asked)
    if data is None and text is None:
        raise ProblemsError([_no_grant(place, name)])
    file = asked if data is None else grant
    try:
        if data is None:
            kind, terms = kinds.requested(text or b"")
            envelope = dsse.unsigned(text or b"", kind.media_type)
        else:
            kind, envelope, terms = kinds.signed(data)
    except TermsError as error:
        raise ProblemsError([in_file(file, problem) for problem in error.problems]) from None
    except dsse.EnvelopeError as error:
        raise ProblemsError([in_file(file, f"{error}; request the grant again")]) from None
    if terms.id != name:
        raise ProblemsError([in_file(file, f"holds a grant called '{terms.id}'; request it again")])
    return Unfinished(file, kind, envelope, terms)


def _not_to_sign(found: Unfinished, who: str, declaration: Declaration, now: datetime) -> Iterator[Problem]:
    """Yield why a grant gets no signature of somebody."""
    file, terms, envelope = found.file, found.terms, found.envelope
    if terms.enclave != declaration.enclave:
        yield in_file(file, f"it is for the enclave '{terms.enclave}', and this is '{declaration.enclave}'")
    if who.casefold() == terms.requester.casefold():
        yield in_file(file, f"'{who}' asked for it, and nobody approves their own request; let somebody else sign")
    if isinstance(terms, ReversalTerms) and who not in approvers_of(declaration, terms.flow):
        known = listed(approvers_of(declaration, terms.flow))
        yield in_file(file, f"'{who}' approves nothing of the flow '{terms.flow}'; its approvers are: {known}")
    if now >= terms.ends:
        yield in_file(file, f"it was over on {shown(terms.ends)}; request it again")
    if not envelope.signatures:
        return
    proved = approved(dsse.written(envelope), terms.id, public_keys(declaration), found.kind)
    if not isinstance(proved, str):
        yield in_file(file, f"it is approved already, by {listed(proved.approvers)}; {HOSTS}")
    elif proved != ONE_APPROVER:
        yield in_file(file, f"{REASONS[proved]}; request it again")
    elif who in envelope.signatures:
        yield in_file(file, f"'{who}' has approved it already; a second approver is somebody else")


def approvers_of(declaration: Declaration, flow: str) -> list[str]:
    """Return who may approve that tokens of a flow are turned back; nobody of a flow that has none."""
    found = declaration.leaving.get(flow)
    return found.reversal.approvers if found and found.reversal else []


def _no_grant(place: Path, name: str) -> Problem:
    known = listed(files.ids_in(place))
    return in_file(place, f"there is no grant '{cut(name)}' here; there are: {known}")


def in_option(problem: str) -> Problem:
    """Return a problem that begins with a field's name as one of the option that gives it."""
    name, _, message = problem.partition(": ")
    return argument_problem(f"--{OPTIONS.get(name, name)}", message)

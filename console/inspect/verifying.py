"""`enclave inspect verify` and `list`: whether what is declared is approved, and what each approval counts for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from enclave_policies.access.approvals import last_day, reason, words
from enclave_policies.access.inspected import approvals_of, command, standing

from console import terminal
from console.document import document
from console.exit_codes import GOOD, REFUSED
from console.gate import stack as stacks
from console.inspect.subjects import inspection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from enclave_policies.access.approvals import Approval
    from enclave_policies.access.inspected import Standing

    from console.inspect.subjects import Inspection


def verify(stack: str, day: date | None, folder: Path | None, *, json: bool) -> int:
    """Say of each gateway whether it is approved; 1 where one is not."""
    found = inspection(stack, day, folder)
    standings = [standing(one, found.law) for one in found.wanted]
    good = all(one.approval is not None for one in standings)
    if json:
        fields = {
            "verdict": "approved" if good else "refused",
            "stack": stack,
            "as_of": found.law.day.isoformat(),
            "gateways": [_standing_fields(one, found) for one in standings],
            "problems": [],
        }
        terminal.document(document("inspect", fields))
    else:
        terminal.out(_standing_lines(found, standings))
    return GOOD if good else REFUSED


def list_(stack: str, day: date | None, folder: Path | None, *, json: bool) -> int:
    """Tell every approval of a stack, and what it counts for."""
    found = inspection(stack, day, folder)
    approvals = [(one, _counts_for(one, found)) for one in approvals_of(stack, found.law)]
    if json:
        fields = {
            "verdict": "listed",
            "stack": stack,
            "as_of": found.law.day.isoformat(),
            "approvals": [{**fields_of(one, found), "reason": why or None} for one, why in approvals],
            "problems": [],
        }
        terminal.document(document("inspect", fields))
    else:
        terminal.out(_approval_lines(found, approvals))
    return GOOD


def ending(stack: str, as_of: date | None = None) -> Iterator[str]:
    """Yield a warning for each gateway of a stack whose approval ends soon after a day, None for today."""
    if not stacks.declared(stack).gateways:
        return
    found = inspection(stack, as_of, None)
    for one in (standing(each, found.law) for each in found.wanted):
        if one.ends_soon(found.law):
            yield f"{one.wanted.site}/{one.wanted.gateway}: its approval ends on {one.ends}; ask for the next one"


def fields_of(one: Approval, found: Inspection) -> dict[str, Any]:
    """Return what an approval says, for JSON."""
    terms, ends = one.terms, last_day(one, found.law)
    return {
        "file": one.file,
        "key": one.key or None,
        "last_day": ends.isoformat() if ends else None,
        "terms": None
        if terms is None
        else {
            "site": terms.site,
            "gateway": terms.gateway,
            "bundle": terms.bundle,
            "image": terms.image,
            "commit": terms.commit,
            "source_changed": terms.changed,
            "inspector": terms.inspector,
            "findings": [{"severity": each.severity, "id": each.id, "text": each.text} for each in terms.findings],
            "issued": terms.issued.date().isoformat(),
            "expires": terms.expires.isoformat(),
        },
    }


def _counts_for(one: Approval, found: Inspection) -> str:
    """Return the id of the reason why an approval counts for no gateway of the stack, "" where it does for one."""
    if one.wrong or one.terms is None:
        return one.wrong
    own = (one.terms.site, one.terms.gateway)
    near = [each for each in found.wanted if (each.site, each.gateway) == own]
    return reason(one, near[0] if near else replace(found.wanted[0], site="", gateway=""), found.law)


def _standing_fields(one: Standing, found: Inspection) -> dict[str, Any]:
    wanted = one.wanted
    return {
        "site": wanted.site,
        "gateway": wanted.gateway,
        "bundle": wanted.bundle,
        "image": next(iter(wanted.images)),
        "approved": one.approval is not None,
        "approval": fields_of(one.approval, found) if one.approval else None,
        "ends_soon": one.ends_soon(found.law),
        "others": list(one.others),
    }


def _standing_lines(found: Inspection, standings: list[Standing]) -> Iterator[str]:
    if not standings:
        yield f"{found.stack} has no gateway, so nothing needs an approval"
    for one in standings:
        wanted = one.wanted
        image = next(iter(wanted.images))
        yield f"{wanted.site}/{wanted.gateway}: bundle {wanted.bundle}, image sha256:{image}"
        if one.approval is None:
            yield f"  not approved; there is: {one.told()}; to do: {command(wanted, found.law)}"
        else:
            yield f"  {_signed(one.approval)}{', which is soon' if one.ends_soon(found.law) else ''}"


def _signed(one: Approval) -> str:
    terms = one.terms
    if terms is None:
        return one.file
    notes = ", ".join(f"{each.severity} {each.id}" for each in terms.findings)
    about = f"commit {terms.commit}{' with changes' if terms.changed else ''}{f'; findings: {notes}' if notes else ''}"
    return f"approved by {terms.inspector} (key {one.key}; {about}) until {terms.expires}"


def _approval_lines(found: Inspection, approvals: list[tuple[Approval, str]]) -> Iterator[str]:
    if not approvals:
        yield f"no approvals of {found.stack} in {' or '.join(map(str, found.law.approvals or ()))}"
    for one, why in approvals:
        where = f"{one.terms.site}/{one.terms.gateway}, " if one.terms else ""
        yield f"{one.file}: {where}{f'counts for nothing: {words(one, why)}' if why else _signed(one)}"

"""Asking that tokens be turned back: it writes a request, which somebody else approves as any other grant."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from components.declaration.words import cut, undeclared
from console import terminal
from console.access import folder as files
from console.access.commands import approvers_of, in_option
from console.access.folder import in_declaration, raise_all
from console.access.kinds import words
from console.exit_codes import GOOD
from console.whole_file import write
from hosts.deidentify.reversal_terms import made
from hosts.gateway.grant_terms import as_text
from hosts.gateway.signed_terms import TermsError, shown
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from components.declaration import Declaration
    from located_yaml import Problem


def request(stack: str, asked: Mapping[str, Any], folder: Path | None, now: datetime) -> int:
    """Write the request; ``asked`` are its fields but for id, enclave and times."""
    declaration = files.declared(stack)
    issued = shown(now)
    name = f"r-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    problems = list(_not_declared(stack, declaration, asked))
    try:
        terms = made({**asked, "id": name, "enclave": declaration.enclave, "issued": issued, "begins": issued})
    except TermsError as error:
        raise ProblemsError([*problems, *map(in_option, error.problems)]) from None
    raise_all(problems)
    file = files.folder_of(stack, folder) / f"{name}{files.REQUEST}"
    write(file, as_text(terms))
    terminal.out(
        [
            f"{name}: {words(terms)}",
            f"written to {file}; it counts for nothing yet",
            f"next: an approver runs `enclave access approve {stack} {name} --as NAME --key FILE`",
        ]
    )
    return GOOD


def _not_declared(stack: str, declaration: Declaration, asked: Mapping[str, Any]) -> Iterator[Problem]:
    flows = {name: flow for name, flow in declaration.leaving.items() if flow.reversal}
    flow = flows.get(asked["flow"])
    if flow is None or flow.reversal is None:
        yield in_option(f"flow: {undeclared('flow with tokens', cut(asked['flow']), flows)}")
        return
    if asked["purpose"] not in flow.reversal.purposes:
        what = "purpose of turning tokens back"
        yield in_option(f"purpose: {undeclared(what, cut(asked['purpose']), flow.reversal.purposes)}")
    approvers = approvers_of(declaration, asked["flow"])
    if not [name for name in approvers if name.casefold() != asked["requester"].casefold()]:
        yield in_declaration(stack, f"nobody but who asks approves for the flow '{asked['flow']}'; declare somebody")

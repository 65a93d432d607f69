"""`enclave site accept`: somebody whom the law lists signs one check of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.access.acceptance import LONGEST, Accepted, keys_of
from enclave_policies.access.signed_folders import folders

from components.declaration.words import cut, listed, undeclared
from console import terminal
from console.argument_problem import argument_problem
from console.document import document
from console.exit_codes import GOOD
from console.gate import stack as stacks
from console.inspect.acceptances import written
from console.inspect.keys import KeyRefusedError, held
from console.inspect.subjects import law_of
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from datetime import date

    from console.site.signed import Signed


def accept(stack: str, site: str, signed: Signed, today: date, *, json: bool = False) -> int:
    """Sign a check, and say where the document lies. Raises ProblemsError with all that is wrong."""
    declaration = stacks.declared(stack)
    law = law_of(declaration, None)
    problems, key, id_ = [], None, None
    if site not in declaration.sites:
        problems.append(argument_problem("SITE", undeclared("site", cut(site), sorted(declaration.sites))))
    check = law.lifecycle.acceptance.get(signed.check)
    if check is None:
        asked = listed(sorted(law.lifecycle.acceptance))
        problems.append(argument_problem("--check", f"the law asks for no '{cut(signed.check)}'; it asks for {asked}"))
    if not (0 < len(signed.words) <= LONGEST and signed.words.isprintable()):
        problems.append(argument_problem("--words", f"say what was found, in 1 to {LONGEST} plain letters"))
    try:
        key = held(signed.key)
    except KeyRefusedError as error:
        problems.append(argument_problem("--key", str(error)))
    if check is not None and key is not None:
        known = keys_of(law, check, real=not declaration.sandbox)
        mine = (signed.by, key.public)
        id_ = next((each for each, (name, own) in known.items() if (name, own.public) == mine), None)
        if id_ is None:
            message = f"the law lists no such key of '{cut(signed.by)}' for a check that an {check.by} signs"
            problems.append(argument_problem("--as", message))
    if problems or key is None or id_ is None:
        raise ProblemsError(problems)
    terms = Accepted(declaration.enclave, stack, site, signed.check, signed.by, today, signed.words)
    try:
        file = written(terms, key.signer(id_), folders(law)[0])
    except KeyRefusedError as error:
        raise ProblemsError([argument_problem("--key", str(error))]) from None
    if json:
        said = {"check": terms.check, "by": terms.by, "day": terms.day.isoformat(), "words": terms.words}
        fields = {"verdict": "signed", "stack": stack, "site": site, **said, "file": str(file)}
        terminal.document(document("site accept", fields))
        return GOOD
    terminal.out([f"{site}: {signed.check} accepted by {signed.by} on {today}, in {file}", "next: commit the file"])
    return GOOD

"""`enclave site accept`: somebody whom the law lists signs one check of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.access import acceptance
from enclave_policies.access.acceptance import LONGEST, Accepted, as_text, keys_of

from components.declaration.words import cut, listed, undeclared
from console import terminal
from console.argument_problem import ArgumentProblem
from console.exit_codes import GOOD
from console.gate import stack as stacks
from console.inspect.keys import KeyRefusedError, held
from console.site.gates import folder_of, law_of
from console.whole_file import write
from hosts.gateway import dsse
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from datetime import date

    from console.site.signed import Signed


def accept(stack: str, site: str, signed: Signed, today: date) -> int:
    """Sign a check, and say where the document lies. Raises ProblemsError with all that is wrong."""
    declaration, law = stacks.declared(stack), law_of(stacks.declared(stack))
    problems, key, id_ = [], None, None
    if site not in declaration.sites:
        problems.append(ArgumentProblem.of("SITE", undeclared("site", cut(site), sorted(declaration.sites))))
    check = law.lifecycle.acceptance.get(signed.check)
    if check is None:
        known = listed(sorted(law.lifecycle.acceptance))
        problems.append(
            ArgumentProblem.of("--check", f"the law asks for no '{cut(signed.check)}'; it asks for {known}")
        )
    if not (0 < len(signed.words) <= LONGEST and signed.words.isprintable()):
        problems.append(ArgumentProblem.of("--words", f"say what was found, in 1 to {LONGEST} plain letters"))
    try:
        key = held(signed.key)
    except KeyRefusedError as error:
        problems.append(ArgumentProblem.of("--key", str(error)))
    if check is not None and key is not None:
        own = ((each, name, listed_key) for each, (name, listed_key) in keys_of(law, check).items())
        id_ = next((each for each, name, known in own if name == signed.by and known.public == key.public), None)
        if id_ is None:
            message = f"the law lists no such key of '{cut(signed.by)}' for a check that an {check.by} signs"
            problems.append(ArgumentProblem.of("--as", message))
    if problems or key is None or id_ is None:
        raise ProblemsError(problems)
    terms = Accepted(declaration.enclave, stack, site, signed.check, signed.by, today, signed.words)
    envelope = dsse.unsigned(as_text(terms), acceptance.KIND)
    try:
        envelope.sign(key.signer(id_))
    except KeyRefusedError as error:
        raise ProblemsError([ArgumentProblem.of("--key", str(error))]) from None
    file = folder_of(stack, site) / f"{signed.check}.json"
    write(file, dsse.written(envelope))
    terminal.out([f"{site}: {signed.check} accepted by {signed.by} on {today}, in {file}", "next: commit the file"])
    return GOOD

"""What is signed of a site before it goes live: how it is written, and what a sandbox's stand-in signs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from enclave_policies.access import acceptance
from enclave_policies.access.acceptance import Accepted, Wanted, as_text, lacking
from enclave_policies.access.signed_folders import OF_A_SANDBOX
from enclave_policies.law.folder import load_law
from enclave_policies.reading.enclave import TRANSITIONAL

from console.inspect.keys import held
from console.whole_file import write
from hosts.gateway import dsse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from enclave_policies.law import Law
    from securesystemslib.signer import Signer

    from components.declaration import Declaration

WORDS: Final = "a stand-in of the sandbox, which looks at nothing, signs this"


def written(terms: Accepted, signer: Signer, folder: Path) -> Path:
    """Write what somebody accepts into a folder of approvals, and return the file. Raises KeyRefusedError."""
    envelope = dsse.unsigned(as_text(terms), acceptance.KIND)
    envelope.sign(signer)
    file = folder / terms.stack / terms.site / f"{terms.check}.json"
    write(file, dsse.written(envelope))
    return file


def accepted_by_stand_in(stack: str, declaration: Declaration, sandbox: Path) -> list[str]:
    """Let a sandbox's stand-in sign each open check of sites that may go live or did; return where it signed any."""
    from sandbox.layout import Layout  # noqa: PLC0415  a real stack needs no sandbox installed
    from sandbox.services import inspector  # noqa: PLC0415

    folder = sandbox / OF_A_SANDBOX
    law = replace(load_law(overlay=sandbox / "law.yaml"), approvals=(folder,))
    signer = held(str(inspector.key_file(Layout.of(sandbox)))).signer(inspector.KEY_ID)
    wanted = [Wanted(declaration.enclave, stack, site, real=False) for site in near_live(declaration, law)]
    found = {one: lacking(law, one) for one in wanted}
    for one, gates in found.items():
        for gate in gates:
            terms = Accepted(one.enclave, one.stack, one.site, gate.check, inspector.NAME, law.day, WORDS)
            written(terms, signer, folder)
    return [one.site for one, gates in found.items() if gates]


def near_live(declaration: Declaration, law: Law) -> Iterator[str]:
    """Yield the sites that were accepted by their stage, or must be before they take user data."""
    for name, site in declaration.sites.items():
        left = site.role == TRANSITIONAL and not law.approves(site.country)
        if law.lifecycle.nears_acceptance(site.lifecycle, left=left):
            yield name

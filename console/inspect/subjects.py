"""What of a stack needs approvals: each gateway of each site, as its declaration compiles now; and under which law."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enclave_policies.access.approvals import Wanted
from enclave_policies.access.authorizers import image_digest
from enclave_policies.access.signed_folders import OF_A_SANDBOX, PROJECT, folders
from enclave_policies.law.folder import load_law
from enclave_policies.law.folder.access import access_of

from components.access.bundle import bundle_of
from components.declaration.connections import watches
from components.declaration.model import Identity
from components.declaration.words import cut, undeclared
from components.kubernetes.receiver import watch_start
from console.argument_problem import argument_problem
from console.gate import stack as stacks
from hosts.gateway.bundle import digest_of
from hosts.watch.starting import WATCH
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from enclave_policies.law import Law
    from enclave_policies.law.access import Access

    from components.declaration import Declaration

SIGNS: Final = ("cryptography", "securesystemslib")


@dataclass(frozen=True)
class Inspection:
    """A declared stack with its law, what of it needs approvals, and the folder to which new ones go."""

    stack: str
    declaration: Declaration
    law: Law
    access: Access
    wanted: tuple[Wanted, ...]
    folder: Path


def inspection(stack: str, day: date | None, folder: Path | None) -> Inspection:
    """Return a stack's inspection; ``folder`` holds a folder of approvals for each stack, None: the stack's usual ones.

    Raises ProblemsError, and NoSandboxError where a sandbox is needed and none runs.
    """
    declaration = stacks.declared(stack)
    identity = _identity_in(sandbox_folder()) if declaration.sandbox else declaration.identity
    law = law_of(declaration, day)
    usual = folders(law)
    law = replace(law, approvals=(folder,) if folder else usual)
    wanted = tuple(_wanted(stack, declaration, identity))
    return Inspection(stack, declaration, law, access_of(law), wanted, folder or usual[-1])


def law_of(declaration: Declaration, day: date | None) -> Law:
    """Return the law of a stack, which knows where lies what was signed for it; a real one knows no stand-ins."""
    project = stacks.project / "stacks" / PROJECT.name
    if not declaration.sandbox:
        return replace(load_law(as_of=day), stand_in_inspectors={}, approvals=(project,))
    sandbox = sandbox_folder()
    overlay = sandbox / "law.yaml"
    law = load_law(overlay=overlay if overlay.is_file() else None, as_of=day)
    return replace(law, approvals=(project, sandbox / OF_A_SANDBOX))


def _identity_in(sandbox: Path) -> Identity:
    from sandbox.register import read  # noqa: PLC0415  a real stack needs no sandbox installed

    return Identity.model_validate(read(sandbox / "register.json").identity)


def sandbox_folder() -> Path:
    """Return the folder of the sandbox that this process would use."""
    return Path(os.environ.get("ENCLAVE_SANDBOX") or stacks.project / ".sandbox").absolute()


def chosen(found: Inspection, sites: Sequence[str], gateways: Sequence[str]) -> tuple[Wanted, ...]:
    """Return what needs approvals on these sites and of these gateways, all where none is named.

    Raises ProblemsError.
    """
    problems = []
    for option, names, known in (
        ("site", sites, {one.site for one in found.wanted}),
        ("gateway", gateways, {one.gateway for one in found.wanted}),
    ):
        problems += [
            argument_problem(f"--{option}", undeclared(f"{option} with a gateway", cut(name), sorted(known)))
            for name in names
            if name not in known
        ]
    if problems:
        raise ProblemsError(problems)
    return tuple(
        one for one in found.wanted if one.site in (sites or [one.site]) and one.gateway in (gateways or [one.gateway])
    )


def _wanted(stack: str, declaration: Declaration, identity: Identity | None) -> list[Wanted]:
    """Return what needs an approval: each gateway of each site, and each watch that runs by itself."""
    return [
        Wanted(
            stack,
            declaration.enclave,
            site,
            gateway,
            digest_of(bundle_of(declaration, site, gateway, identity)),
            frozenset({image_digest(declared.image)}),
            real=not declaration.sandbox,
        )
        for site, place in declaration.sites.items()
        if place.provisioned
        for gateway, declared in declaration.gateways.items()
    ] + list(_watches(stack, declaration))


def _watches(stack: str, declaration: Declaration) -> Iterator[Wanted]:
    inspector = declaration.inspector
    for site, watched in watches(declaration).items():
        if inspector is None or inspector.watch is None or not declaration.sites[site].provisioned:
            continue
        start = watch_start(site, watched, inspector, inspector.watch)
        images = frozenset({image_digest(inspector.watch.image)})
        yield Wanted(stack, declaration.enclave, site, WATCH, start.digest, images, real=not declaration.sandbox)

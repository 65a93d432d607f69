"""`enclave watch`: look at what runs, say what differs from what was approved, and tell the inspector."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from components.clouds import CloudProblem, clouds_of
from console import terminal
from console.argument_problem import argument_problem
from console.document import document
from console.exit_codes import FAILED, GOOD, REFUSED
from console.gate.exporting import exported
from console.gate.stack import engine_for
from console.inspect.subjects import inspection
from console.watch.approvals import approvals_of
from console.watch.approving import approved_of
from console.watch.clusters import cluster_in
from console.watch.keys import record_keys, signer
from hosts.watch.approved import as_text
from hosts.watch.differences import KINDS
from hosts.watch.errors import WatchError
from hosts.watch.looking import Look
from hosts.watch.main import line_of, of_site, watched
from hosts.watch.routes import route_of
from hosts.watch.watching import Teller
from located_yaml import Position, Problem, ProblemsError
from located_yaml.files import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from components.declaration import Declaration
    from hosts.watch.approved import Approved
    from hosts.watch.cluster import Cluster
    from hosts.watch.differences import Difference

UNREAD: Final = "site-unread"


@dataclass(frozen=True)
class Options:
    """How to watch: ``every`` in seconds, None for one look; ``clusters`` maps a site to a kubeconfig's file.

    ``record_keys`` maps SITE/GATEWAY to the file of a public key.
    """

    every: float | None
    late: float
    site: str | None
    alerts: tuple[str, ...]
    key: Path | None
    name: str
    clusters: Mapping[str, Path]
    record_keys: Mapping[str, Path]
    json: bool = False
    document: bool = False


def files_in(option: str, arguments: Sequence[str]) -> dict[str, Path]:
    """Return the files that NAME=FILE name, by name. Raises ProblemsError."""
    pairs = [argument.partition("=") for argument in arguments]
    wrong = [argument for argument, (name, _, file) in zip(arguments, pairs, strict=True) if not (name and file)]
    if wrong:
        told = "is not NAME=FILE; `enclave watch --help` says which name"
        raise ProblemsError([argument_problem(f"{option} {each}", told) for each in wrong])
    return {name: Path(file) for name, _, file in pairs}


def watch(stack: str, options: Options) -> int:
    """Watch a stack; return 0 where all is as approved, 1 where something differs, 3 where a part cannot be read.

    Raises ProblemsError for bad input, and EngineError where the state cannot be read.
    """
    own = inspection(stack, None, None)
    declaration = own.declaration
    engine = engine_for(stack, declaration, [])
    os.environ.update(engine.environment)  # the clouds of a sandbox, or those that this shell names
    try:
        keys = record_keys(declaration, options.record_keys)
        approved = of_site(approved_of(declaration, exported(engine), approvals_of(own), keys), options.site)
        declared = (declaration.inspector.alerts,) if declaration.inspector else ()
        approved = replace(approved, alerts=options.alerts or declared)
        if options.document:
            terminal.out(as_text(approved).splitlines())
            return GOOD
        teller = _teller(approved, options)
        look = Look(approved, _clusters(declaration, options.clusters))
        code = GOOD
        for found in watched(look, teller, timedelta(seconds=options.late), options.every):
            code = _code(found)
            _say(stack, approved, found, json=options.json)
    except WatchError as error:
        raise ProblemsError([Problem(Position(f"stacks/{stack}.yaml", 1, 1), str(error))]) from None
    return code


def _teller(approved: Approved, options: Options) -> Teller | None:
    """Return who is told; nobody where there is no key."""
    own = signer(options.name, options.key)
    if own is None and options.alerts:
        raise WatchError("alerts are signed: give the watch's own key with --key FILE (Ed25519, PEM)")
    return Teller(approved.enclave, {each: route_of(each) for each in approved.alerts}, own) if own else None


def _code(found: Sequence[Difference]) -> int:
    if not found:
        return GOOD
    return FAILED if all(each.kind == UNREAD for each in found) else REFUSED


def _say(stack: str, approved: Approved, found: Sequence[Difference], *, json: bool) -> None:
    if json:
        said = [
            {
                "kind": each.kind,
                "meaning": KINDS[each.kind],
                "site": each.site,
                "gateway": each.gateway or None,
                "subject": each.subject,
                "approved": each.approved,
                "found": each.found,
            }
            for each in found
        ]
        verdict = {GOOD: "as_approved", REFUSED: "differs", FAILED: "unread"}[_code(found)]
        terminal.document(document("watch", {"verdict": verdict, "stack": stack, "differences": said, "problems": []}))
        return
    if found:
        terminal.err(*(line_of(each) for each in found))
        return
    rules = sum(len(site.rules) for site in approved.sites)
    hosts = sum(gateway.hosts for gateway in approved.gateways)
    gateways, sites = len(approved.gateways), len(approved.sites)
    terminal.out([f"{stack} runs as approved: {gateways} gateways with {hosts} hosts, {rules} rules on {sites} sites"])


def _clusters(declaration: Declaration, named: Mapping[str, Path]) -> Callable[[str], Cluster]:
    """Return how a site's cluster is reached: by the kubeconfig that was named, else that of the sandbox."""
    known: dict[str, Cluster] = {}

    def cluster_of(site: str) -> Cluster:
        if site not in known:
            known[site] = _cluster(declaration, site, named.get(site))
        return known[site]

    for site in named:
        if site not in declaration.sites:
            raise WatchError(f"--kubeconfig {site}=…: there is no such site; declared: {', '.join(declaration.sites)}")
        cluster_of(site)  # a file that is wrong is told now
    return cluster_of


def _cluster(declaration: Declaration, site: str, file: Path | None) -> Cluster:
    if file is not None:
        return cluster_in(site, read_text(file, str(file)))
    if not declaration.sandbox:
        raise WatchError(f"the cluster of '{site}' cannot be read without --kubeconfig {site}=FILE")
    try:
        return cluster_in(site, clouds_of(declaration, lambda _: None).clusters[site].kubeconfig)
    except CloudProblem as error:
        raise WatchError(str(error)) from None

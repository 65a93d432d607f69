"""`enclave retire`: show what is protected of a site and what is in it, ask once, and take the protection off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import typer

import located_yaml
from components.clouds import CloudProblem, clouds_of
from console import terminal
from console.audit.nearest import or_nearest
from console.document import document
from console.exit_codes import GOOD, REFUSED
from console.gate import exporting
from console.gate.errors import EngineError
from console.gate.questions import somebody_there
from console.gate.recover import recovery
from console.gate.stack import declared, engine_for
from console.retire import staying
from console.retire.contents import content
from console.site_state import protected, retained, sites_in
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from components.clouds import ClusterAccess
    from components.declaration import Declaration
    from console.gate.engine import Engine
    from console.site_state import Resource


class NotRetiredError(EngineError):
    """The protection could not be taken off."""


class Held(NamedTuple):
    """A protected or staying resource, and what is in it (empty for what holds nothing by itself)."""

    resource: Resource
    content: str


class Site(NamedTuple):
    """A site as the state holds it: what is protected of it, and what stays in the cloud when it goes."""

    name: str
    held: Sequence[Held]
    stays: Sequence[Held]


def retire(stack: str, site: str, *, yes: bool, json: bool = False) -> int:
    """Take the protection off a site's resources after one question; return the exit code. No cloud is changed."""
    declaration = declared(stack)
    engine = engine_for(stack, declaration, [])
    if reason := recovery.traces_of(engine).held:
        raise recovery.HeldError(reason)
    deployment = exporting.exported(engine)
    known = sites_in(deployment)
    if site not in known:
        message = (
            f"the stack has no site '{site}'; it has: {', '.join(sorted(known)) or 'none'}{or_nearest(site, known)}"
        )
        raise ProblemsError([Problem(Position(f"stacks/{stack}.yaml", 1, 1), message)])
    told = _told(engine, declaration, deployment, site)
    if told.held or told.stays:
        _show(told, json=json)
    refused = _refused(site, yes=yes) if told.held else None
    lines = naming(engine.project / "stacks" / f"{stack}.yaml", site)
    if told.held and refused is None:
        _unprotect(engine, [each.resource for each in told.held])
    if json:
        terminal.document(as_json(stack, told, lines, refused))
    elif refused is None:
        terminal.out(_next(stack, site, len(told.held), lines))
    if refused is not None:
        terminal.err(refused)
        return REFUSED
    return GOOD


def _told(engine: Engine, declaration: Declaration, deployment: Mapping[str, Any], site: str) -> Site:
    """Return what is protected of a site and what stays, with what is in it."""
    found = [each for each in protected(deployment) if each.site == site]
    cluster = _cluster(engine, declaration, site) if found else None
    stays = [each for each in retained(deployment) if each.site == site]
    held = {each.urn: Held(each, content(each, cluster, engine.environment)) for each in [*found, *stays]}
    return Site(site, [held[each.urn] for each in found], [held[each.urn] for each in stays])


def _show(told: Site, *, json: bool) -> None:
    """Show what is protected; where standard output is for a document, to the person who is asked."""
    if not json:
        terminal.out(_shown(told))
    elif somebody_there():
        terminal.err(*_shown(told))


def as_json(stack: str, told: Site, lines: Sequence[str], refused: str | None) -> str:
    """Return what was found and done as one JSON document."""
    verdict = "still_protected" if refused is not None else "let_go" if told.held else "nothing_protected"
    return document(
        "retire",
        {
            "verdict": verdict,
            "stack": stack,
            "site": told.name,
            "resources": [_entry(each) for each in told.held],
            "stays": [_entry(each) for each in told.stays],
            "declared_at": list(lines),
            "problems": [refused] if refused is not None else [],
        },
    )


def _entry(held: Held) -> dict[str, Any]:
    each = held.resource
    return {
        "urn": each.urn,
        "type": each.type,
        "name": each.name,
        "id": each.id,
        "classes": list(each.classes),
        "content": held.content or None,
    }


def _shown(told: Site) -> Iterator[str]:
    if told.held:
        yield f"{len(told.held)} resources of site '{told.name}' are protected, as they hold data or keys:"
    for each, inside in told.held:
        classes = f"data of class {', '.join(each.classes)}" if each.classes else "no data class"
        yield f"  {each.name} ({each.type}, {each.id}): {classes}{f'; {inside}' if inside else ''}"
    yield from staying.lines(told.name, [each.resource for each in told.stays])


def _cluster(engine: Engine, declaration: Declaration, site: str) -> ClusterAccess | None:
    """Return how the site's cluster is reached; None where nobody says so any more."""

    def config(key: str) -> str | None:
        done = engine.command("config", "get", key, "--stack", engine.stack)
        return None if done.returncode else done.stdout

    if site not in declaration.sites or declaration.sites[site].kind != "kubernetes":
        return None
    only = declaration.model_copy(update={"sites": {site: declaration.sites[site]}})
    try:
        return clouds_of(only, config).clusters.get(site)
    except (CloudProblem, ProblemsError):
        return None


def _refused(site: str, *, yes: bool) -> str | None:
    """Return why the protection stays; None where a person, or whoever typed the command, wants it off."""
    if yes:
        return None
    if not somebody_there():
        return "still protected: nobody can be asked here; add --yes"
    question = f"Type the site's name to take the protection off (nothing is deleted by that) [{site}]"
    typed = str(typer.prompt(question, default="", show_default=False, err=True))
    return None if typed == site else f"still protected: what was typed is not '{site}'"


def _unprotect(engine: Engine, found: Sequence[Resource]) -> None:
    urns = [each.urn for each in found]
    done = engine.command("state", "unprotect", *urns, "--yes", "--stack", engine.stack)
    if done.returncode:
        raise NotRetiredError(f"the protection cannot be taken off:\n{done.stderr.strip()}")
    chosen = set(urns)
    left = [each.name for each in protected(exporting.exported(engine)) if each.urn in chosen]
    if left:
        raise NotRetiredError(f"the engine left {', '.join(left)} protected; run this again")


def _next(stack: str, site: str, number: int, lines: Sequence[str]) -> Iterator[str]:
    yield (
        f"{number} resources are no longer protected; nothing in the clouds has changed"
        if number
        else (f"nothing of site '{site}' is protected")
    )
    if lines:
        yield f"next: remove what names the site from {', '.join(lines)}, then `enclave up {stack}`"
    else:
        yield f"next: `enclave up {stack}`, which deletes it: the declaration does not name it any more"


def naming(file: Path, site: str) -> list[str]:
    """Return the lines of a declaration that name a site or one of its segments, as FILE:LINE."""
    document = located_yaml.load(file)
    found: dict[tuple[str, int], None] = {}
    pending: list[tuple[tuple[Any, ...], Any]] = [((), document.data)]
    while pending:
        at, value = pending.pop(0)
        if isinstance(value, dict):
            if site in value and (at == ("sites",) or at[-1:] in (("arrives",), ("balancers",))):
                position = document.position((*at, site))
                found[position.file, position.line] = None
            pending += [((*at, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            pending += [((*at, index), item) for index, item in enumerate(value)]
        elif isinstance(value, str) and at[:1] in (("links",), ("invariants",)) and value.partition("/")[0] == site:
            position = document.position(at)
            found[position.file, position.line] = None
    return [f"{name}:{line}" for name, line in sorted(found)]

"""`enclave adopt`: list what exists, judge it before anything is imported, write what imports it. It only reads."""

from __future__ import annotations

import json as json_text
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.urns import urn_of

from components.adopted import adopted_in, stack_file
from components.declaration.model import AwsSite, KubernetesSite
from console import terminal, whole_folder
from console.adopt import aws, clusters, files, telling
from console.adopt.judging import OWN, UNREAD, Judged, Reason, said
from console.adopt.objects import Existing, Gap, Place
from console.adopt.owning import objections
from console.adopt.reading import Read, read
from console.argument_problem import argument_problem
from console.audit.judges import judges
from console.audit.nearest import or_nearest
from console.exit_codes import FAILED, GOOD, REFUSED
from console.gate.errors import EngineError
from console.gate.exporting import deployment_in, export_text
from console.gate.new_stack import refuse_missing
from console.gate.recover.aws_finding import Finder
from console.gate.stack import declared, engine_for, project
from console.progress import Progress
from console.recording.kept import shown
from console.recording.making import surroundings
from console.site_state import REGIONS, by_site, providers_in
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from components.declaration import Declaration
    from console.adopt.objects import Object
    from console.audit.judges import Judges
    from console.gate.engine import Engine

CODES = {"clean": GOOD, "refused": REFUSED, "undetermined": FAILED}


def adopt(stack: str, site: str | None, out: Path | None, *, as_of: date | None, json: bool) -> int:
    """List and judge what exists, write what imports what passes, and return the exit code. Nothing is changed.

    Raises ProblemsError for bad input, and EngineError where the state or everything that exists cannot be read.
    """
    declaration = declared(stack)
    before = adopted_in(project / stack_file(stack), declaration)
    sites = _sites(declaration, site)
    _refuse_taken(out)
    engine = engine_for(stack, declaration, [])
    with Progress(in_place=False) as progress:
        progress.say("listing what there is …")
        export, deployment = _state(engine)
        places = _places(deployment)
        existing = _existing(declaration, sites, deployment, places)
        new = [one for one in existing.objects if not one.managed and not one.trouble]
        progress.say(f"reading {len(new)} objects …")
        told = read(engine, export, places, new) if new else Read({}, {})
        progress.say(f"judging {len(told.entries)} objects …")
        with surroundings(engine.environment, as_of):
            asked = judges(None, as_of)
            reasons = said(deployment, told.entries, asked)
            judged = [_judged(one, told, reasons, declaration, asked) for one in existing.objects]
    passed = [one for one in judged if one.answer == "adoptable"]
    written = _written(stack, out, declaration, passed, files.Standing(deployment, places, before))
    outcome = telling.Outcome(stack, asked.law.day, judged, existing.gaps, written)
    if json:
        terminal.document(telling.as_json(outcome))
    else:
        terminal.out(telling.lines(outcome))
    return CODES[outcome.verdict]


def _sites(declaration: Declaration, site: str | None) -> list[str]:
    """Return the sites that are asked about, which all have resources."""
    if site is not None and site not in declaration.sites:
        known = ", ".join(declaration.sites)
        told = f"there is no site '{site}'; declared: {known}{or_nearest(site, declaration.sites)}"
        raise ProblemsError([argument_problem("--site", told)])
    asked = [name for name, each in declaration.sites.items() if each.provisioned and site in (None, name)]
    if not asked:
        told = f"'{site}' is {declaration.sites[site].lifecycle}" if site else "no site is built"
        raise ProblemsError([argument_problem("--site", f"{told}, so nothing can be adopted there")])
    return asked


def _state(engine: Engine) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the stack's state, its secrets sealed, and its deployment with readable ones."""
    try:
        return json_text.loads(export_text(engine)), deployment_in(export_text(engine, "--show-secrets"))
    except EngineError:
        refuse_missing(engine)
        raise


def _refuse_taken(out: Path | None) -> None:
    if out is not None and (out.is_symlink() or (out.exists() and not (out.is_dir() and not any(out.iterdir())))):
        told = "is there already, and nothing is written over it; name a folder that is new or empty"
        raise ProblemsError([argument_problem(f"--out {shown(out)}", told)])


def _places(deployment: Mapping[str, Any]) -> Mapping[str, Place]:
    """Return where in a state objects of each site go, for the sites that it holds."""
    regions = {
        urn_of(each["urn"]).name: each["urn"] for each in deployment.get("resources") or () if each["type"] in REGIONS
    }
    found = {}
    for site, entries in by_site(deployment).items():
        used = [entry["provider"] for entry in entries if entry["type"].startswith(("aws:", "kubernetes:"))]
        if used:
            found[site] = Place(regions[site], used[0])
    return found


def _existing(
    declaration: Declaration, sites: Sequence[str], deployment: Mapping[str, Any], places: Mapping[str, Place]
) -> Existing:
    """Return what exists on sites; what the stack has already is marked."""
    inputs, finder = providers_in(deployment), Finder()
    known = {(entry["type"], entry.get("id")) for entry in deployment.get("resources") or () if not entry.get("delete")}
    objects: list[Object] = []
    gaps: list[Gap] = []
    seen: set[tuple[str, str]] = set()
    for name in sites:
        site = declaration.sites[name]
        provider = inputs[places[name].provider] if name in places else None
        if provider is None:
            gaps.append(
                Gap(name, "site", "the stack holds nothing of it yet, so nothing can be imported; run `enclave up`")
            )
            continue
        if isinstance(site, KubernetesSite):
            found = clusters.existing(name, provider)
        elif (site.account, site.region) in seen:
            continue
        else:
            seen.add((site.account, site.region))
            found = aws.existing(name, site, provider, _regions(declaration, site), finder)
        objects += [replace(one, managed=(one.itself.type, one.name) in known) for one in found.objects]
        gaps += found.gaps
    order = {name: place for place, name in enumerate(sites)}
    objects.sort(key=lambda one: (order[one.site], one.managed, one.kind, one.name))
    return Existing(tuple(objects), tuple(gaps))


def _regions(declaration: Declaration, site: AwsSite) -> frozenset[str]:
    """Return the other regions in which a site's account has sites: what lies there is theirs to look at."""
    others = (each for each in declaration.sites.values() if isinstance(each, AwsSite) and each.provisioned)
    return frozenset(each.region for each in others if each.account == site.account) - {site.region}


def _judged(
    one: Object, told: Read, reasons: Mapping[Object, Iterable[Reason]], declaration: Declaration, asked: Judges
) -> Judged:
    if one.managed:
        return Judged(one)
    entries = told.entries.get(one, ())
    if not entries:
        why = one.trouble or told.troubles[one]
        sentence = f"{OWN} {UNREAD}: cannot be read, so nobody can judge it: {why}"
        return Judged(one, (Reason(OWN, UNREAD, "undetermined", f"{one.itself.id} ({one.itself.type})", sentence),))
    return Judged(one, (*objections(one, entries, declaration, asked.law), *reasons.get(one, ())), entries)


def _written(
    stack: str, out: Path | None, declaration: Declaration, passed: Sequence[Judged], standing: files.Standing
) -> list[str]:
    """Write the files of what passes, where there is any, and return their names."""
    if out is None or not passed:
        return []
    _refuse_taken(out)
    content = files.files(stack, declaration, passed, standing)
    try:
        whole_folder.put(out, content)
    except OSError as error:
        told = f"cannot be written ({error.strerror or error}); make room, or name another folder"
        raise ProblemsError([argument_problem(f"--out {shown(out)}", told)]) from None
    return [str(out / name) for name in content]

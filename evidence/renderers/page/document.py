"""The page's bytes: a template over the record, with style and script in it, and a policy that lets in nothing else."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from evidence.record.unjudged import unjudged
from evidence.renderers.page import words
from evidence.renderers.page.cartogram import SIDE, cartogram
from evidence.renderers.page.drawing import HEIGHT, WIDTH, drawing
from evidence.renderers.page.grouped import groups
from evidence.renderers.page.proofs import TITLES, proofs, tally, tally_of
from evidence.renderers.page.table import table
from evidence.renderers.page.visible import ticks, visible

if TYPE_CHECKING:
    from evidence.record.model import Record

STYLE: Final = "page.css"
SCRIPT: Final = "page.js"


def render(record: Record) -> bytes:
    """Return the page of a record; the same record gives the same bytes."""
    style, script = _text(STYLE), _text(SCRIPT)
    page = environment().get_template("page.html")
    text: str = page.render(
        record=record,
        run=record.run,
        enclave=record.enclave,
        groups=groups(record),
        map=cartogram(record),
        unjudged=tuple(unjudged(record)),
        promises=tally(record.enclave.network.promises),
        names=words.names(record.enclave.countries),
        by_site=_by_site(record),
        data=table(record),
        style=Markup(style),  # noqa: S704 (our own file)
        script=Markup(script),  # noqa: S704
        policy=_policy(style, script),
    )
    return text.encode()


def _by_site(record: Record) -> dict[str, Counter[str]]:
    """Return how many resources of each site have which verdict; those of none come last."""
    found: dict[str, Counter[str]] = {site.name: Counter() for site in record.enclave.sites}
    for resource in record.resources:
        found.setdefault(resource.site or "", Counter())[resource.verdict] += 1
    rest = found.pop("", None)
    return {name: counts for name, counts in found.items() if counts} | ({"": rest} if rest else {})


def _policy(style: str, script: str) -> str:
    """Return the page's content security policy: its own style and script by their digests, and no address at all."""
    return (
        f"default-src 'none'; style-src 'sha256-{_digest(style)}'; script-src 'sha256-{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """Return what fills the templates: every value is escaped, and one that is missing is an error."""
    loader = PackageLoader("evidence.renderers.page", "templates")
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.filters.update(ending=words.ending, ticks=ticks)
    made.globals.update(
        counted=words.counted,
        about=words.about,
        drawing=drawing,
        proofs=proofs,
        tally_of=tally_of,
        OUTCOMES=words.OUTCOMES,
        VERDICTS=words.VERDICTS,
        STAGES=words.STAGES,
        TITLES=TITLES,
        BOX=(WIDTH, HEIGHT),
        SIDE=SIDE,
    )
    return made


def _shown(value: Any) -> Any:
    """Return a value as the page may show it; markup of our own stays as it is."""
    if value is None:
        return ""
    return visible(value) if type(value) is str else value

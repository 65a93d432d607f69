"""Both documents of an authority as one small HTML page, without scripts and without network."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from evidence.renderers.authorities import processing, register
from evidence.renderers.page.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from evidence.record.model import Record
    from evidence.renderers.authorities.authority import Authority

STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 80rem; margin: 2rem auto; padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { border: 1px solid; padding: .375rem .5rem; text-align: left; vertical-align: top; }
.gap { font-weight: 700; }
@media print { body { max-width: none; margin: 0; } .wide { overflow: visible; } table { font-size: .625rem; } }
"""
GAP: Final = ' class="gap"'
GAPS: Final = frozenset({processing.MISSING, register.NONE})


def render(record: Record, *, authority: Authority) -> bytes:
    """Return the page."""
    return ("\n".join(_lines(record, authority)) + "\n").encode()


def _lines(record: Record, authority: Authority) -> Iterator[str]:
    run, name = record.run, record.enclave.name or record.run.stack
    transfers = list(register.lines(record, authority))
    title = f"{name}: for {authority.name} ({authority.country})"
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield f'<head><meta charset="utf-8"><title>{_text(title)}</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<style>{STYLE}</style></head>"
    yield f"<body><main><h1>{_text(title)}</h1>"
    yield f"<p>{_text(_about(record, authority))}</p>"
    yield f"<h2>Register of transfers</h2><p>{_text(f'{authority.law}, {authority.transfers}.')}</p>"
    if transfers:
        lacking = sum(one[register.HEAD.index("basis")] == register.NONE for one in transfers)
        told = f"{len(transfers)} transfers, {lacking} of them without a basis"
        yield from _table(told, register.HEAD, transfers)
    else:
        yield f"<p>{_text(_none(record, authority))}</p>"
    yield f"<h2>Record of processing, extract</h2><p>{_text(f'{authority.law}, {authority.processing}.')}</p>"
    gaps = len(processing.missing(record, authority))
    rows = list(processing.lines(record, authority))
    yield from _table(f"{len(rows)} fields, {gaps} of them missing", processing.HEAD, rows)
    yield f"<p>{_text(f'Made of the {run.command} of {run.moment} by {record.tool}.')} It is no legal opinion.</p>"
    yield "</main></body></html>"


def _text(text: str) -> str:
    return escape(visible(text))


def _about(record: Record, authority: Authority) -> str:
    run = record.run
    return (
        f"What the stack {run.stack} declares, and what was proved of it as of {run.as_of} ({run.outcome}), under the "
        f"{authority.law}. A field that nobody declared says so."
    )


def _none(record: Record, authority: Authority) -> str:
    if authority.regime not in record.enclave.subjects:
        return "The declaration says that no data of people under this law is held, or there is no declaration."
    return "Nothing that is declared leaves a country."


def _table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f'<section class="wide" aria-label="{_text(caption)}" tabindex="0">'
    yield f"<table><caption>{_text(caption)}</caption>"
    columns = "".join(f'<th scope="col">{_text(each)}</th>' for each in head)
    yield f"<thead><tr>{columns}</tr></thead><tbody>"
    for row in rows:
        first, *rest = ("" if each is None else str(each) for each in row)
        cells = "".join(f"<td{GAP if each in GAPS else ''}>{_text(each)}</td>" for each in rest)
        yield f'<tr><th scope="row">{_text(first)}</th>{cells}</tr>'
    yield "</tbody></table></section>"

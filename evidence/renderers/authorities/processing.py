"""An extract of the record of processing: what the declaration knows of it, and plainly what it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evidence.renderers.authorities.register import concerned
from evidence.renderers.csv_text import csv_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.record.model import Enclave, Record
    from evidence.renderers.authorities.authority import Authority

HEAD: Final = ("field", "asked for by", "what is known", "source")
MISSING: Final = "MISSING"
DECLARED: Final = "declaration"
PROVED: Final = "this record"
REGIMES: Final = {"eu": "GDPR", "uk": "UK GDPR", "ch": "Swiss FADP"}


def render(record: Record, *, authority: Authority) -> bytes:
    """Return the extract as CSV."""
    return csv_text([HEAD, *lines(record, authority)])


def lines(record: Record, authority: Authority) -> Iterator[tuple[str, str, str, str]]:
    """Yield the lines under `HEAD`, in the order of GDPR article 30(1); a gap is said, and never filled."""
    enclave, asks = record.enclave, authority.asks
    contact = f"{enclave.contact.team}, {enclave.contact.email}" if enclave.contact else ""
    yield _missing("name of the controller, its representative and its data protection officer", asks("controller"))
    yield _known("who answers for the enclave", asks("controller"), contact, DECLARED)
    yield _known("purposes", asks("purposes"), ", ".join(enclave.purposes), DECLARED)
    subjects = ", ".join(REGIMES.get(one, one) for one in enclave.subjects)
    yield _known("people whose data it is, by their law", asks("categories"), subjects, DECLARED)
    yield _missing("categories of these people", asks("categories"))
    for one in enclave.data_classes:
        told = f"for example {', '.join(one.examples)}"
        yield _known(f"category of data: {one.name}", asks("categories"), told, DECLARED)
    if not enclave.data_classes:
        yield _missing("categories of data", asks("categories"))
    for entity in enclave.entities:
        told = f"{entity.country}, controlled from {entity.controlled_from}"
        yield _known(f"recipient: {entity.name}", asks("recipients"), told, DECLARED)
    if enclave.inspector:
        told = f"{enclave.inspector.country}; looks at {', '.join(enclave.inspector.scopes)}, at no data"
        yield _known(f"recipient: {enclave.inspector.entity}", asks("recipients"), told, DECLARED)
    count = len(concerned(record, authority))
    yield _known("transfers to other countries", asks("transfers"), f"{count} in transfers.csv", DECLARED)
    yield _missing("time limits for erasing each category of data", asks("erasure"))
    if enclave.inspector:
        days = f"{enclave.inspector.retention_days} days, and nobody can shorten that"
        yield _known("how long the inspector's copy of the gateways' record is kept", asks("erasure"), days, DECLARED)
    for field, told in _measures(record, enclave):
        yield _known(field, f"{asks('measures')}, {authority.security}", told, PROVED)


def missing(record: Record, authority: Authority) -> tuple[str, ...]:
    """Return the fields that nobody has declared."""
    return tuple(field for field, _, told, _ in lines(record, authority) if told == MISSING)


def _known(field: str, asked: str, told: str, source: str) -> tuple[str, str, str, str]:
    return (field, asked, told, source) if told else _missing(field, asked)


def _missing(field: str, asked: str) -> tuple[str, str, str, str]:
    return field, asked, MISSING, "not declared; ask the controller"


def _measures(record: Record, enclave: Enclave) -> Iterator[tuple[str, str]]:
    run, summary = record.run, record.summary
    answers = f"{summary.pairs - summary.pairs_unchecked} answers about {summary.resources} resources"
    yield "measures: rules", f"{len(record.rules)} rules, {answers} as of {run.as_of}: {run.outcome}"
    promises = enclave.network.promises
    kept = sum(one.holds is True for one in promises)
    yield "measures: network", f"{kept} of {len(promises)} promises are proved" if promises else ""
    tables = enclave.decisions.tables
    proved = sum(one.proved for one in tables)
    yield "measures: gateways", f"{proved} of {len(tables)} tables of decisions are proved" if tables else ""
    approved = sum(one.file is not None for one in enclave.approvals)
    told = f"{approved} of {len(enclave.approvals)} gateways run what an inspector approved"
    yield "measures: approvals", told if enclave.approvals else ""
    accepted = sum(one.file is not None for one in enclave.gates)
    told = f"{accepted} of {len(enclave.gates)} checks of sites before they take user data are accepted"
    yield "measures: acceptance", told if enclave.gates else ""
    for key in enclave.keys:
        told = (
            f"{key.use}, for {', '.join(key.classes) or 'no class'}; used by {', '.join(key.users) or 'nobody named'}"
        )
        yield f"measures: key {key.name}", told

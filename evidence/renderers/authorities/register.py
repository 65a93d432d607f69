"""The register of transfers: who gets which class of data, from where to where, on which basis, until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evidence.record.model import Ground
from evidence.renderers.csv_text import csv_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.record.model import Record, Transfer
    from evidence.renderers.authorities.authority import Authority

HEAD: Final = (
    "recipient",
    "recipient controlled from",
    "what",
    "movement",
    "classes of data",
    "purposes",
    "from",
    "from country",
    "to",
    "to country",
    "basis",
    "rule of the law",
    "country adequate",
    "measures",
    "assessed",
    "expires",
    "days left",
    "declared",
)
NONE: Final = "NO BASIS"
UNKNOWN: Final = "unknown"
MOVEMENTS: Final = {
    "copy": "copy",
    "link": "private link",
    "import": "import",
    "remote_access": "remote access",
}


def render(record: Record, *, authority: Authority) -> bytes:
    """Return the register as CSV, one line for each transfer."""
    return csv_text([HEAD, *lines(record, authority)])


def lines(record: Record, authority: Authority) -> Iterator[tuple[object, ...]]:
    """Yield the lines under `HEAD`; for the authority of a country without a site every transfer counts.

    Data of its people is in another country already, so whatever moves it on is its business.
    """
    for one in concerned(record, authority):
        ground = ground_of(one, authority)
        yield (
            one.who,
            one.controlled_from,
            one.what,
            MOVEMENTS.get(one.movement, one.movement),
            ", ".join(one.classes) or UNKNOWN,
            ", ".join(one.purposes) or UNKNOWN,
            one.source,
            one.source_country,
            one.target,
            one.target_country or UNKNOWN,
            ground.basis or NONE,
            f"{ground.rule}: {ground.words}" if ground.rule else ground.words,
            ground.adequate or "no",
            "; ".join(measures(one, ground)),
            ground.assessed,
            ground.expires or "no end",
            ground.days,
            one.declared,
        )


def concerned(record: Record, authority: Authority) -> tuple[Transfer, ...]:
    """Return the transfers that are an authority's business: those from or into its country, or else all."""
    enclave = record.enclave
    if authority.regime not in enclave.subjects:
        return ()
    if all(site.country != authority.country for site in enclave.sites):
        return enclave.transfers
    return tuple(one for one in enclave.transfers if authority.country in (one.source_country, one.target_country))


def ground_of(one: Transfer, authority: Authority) -> Ground:
    """Return what the authority's regime says of a transfer."""
    nothing = Ground(regime=authority.regime, words="the record does not say")
    return next((ground for ground in one.grounds if ground.regime == authority.regime), nothing)


def measures(one: Transfer, ground: Ground) -> Iterator[str]:
    """Yield what protects a transfer, as far as it is declared."""
    if ground.measure:
        yield ground.measure
    if one.movement == "link":
        yield "encrypted tunnels over a private circuit"
    if one.result == "pseudonymise":
        yield "only pseudonyms leave"
    if one.needs:
        yield f"each access needs {', '.join(one.needs)}"
    if one.result:
        yield "a monitored gateway decides and records each request"

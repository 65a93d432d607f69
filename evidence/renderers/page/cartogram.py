"""A map of tiles: Europe's countries about where they lie, and below it whatever else the record tells of."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal

from evidence.record.sums import LETTING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.record.model import Enclave, Record

SIDE: Final = 40
GAP: Final = 4

Kind = Literal["site", "refused", "approved", "told", "other"]


@dataclass(frozen=True)
class Tile:
    """One country; ``x`` and ``y`` are its upper left corner in pixels, ``told`` is shown to who points at it."""

    code: str
    x: int
    y: int
    kind: Kind
    sites: int
    told: str


@dataclass(frozen=True)
class Map:
    """The tiles, the size of the picture, and where the countries outside Europe begin (None: there are none)."""

    tiles: tuple[Tile, ...]
    width: int
    height: int
    elsewhere: int | None
    told: str


def cartogram(record: Record) -> Map:
    """Return the map of an enclave's sites, with the countries that it was refused for."""
    enclave = record.enclave
    grid = _grid()
    columns = max(x for x, _ in grid.values()) + 1
    rows = max(y for _, y in grid.values()) + 1
    refused = Counter(one.country for one in record.findings if one.country and one.verdict not in LETTING)
    known = {each.code for each in enclave.countries} | {site.country for site in enclave.sites} | refused.keys()
    more = sorted(known - grid.keys())
    places = {**grid, **{code: (n % columns, rows + n // columns) for n, code in enumerate(more)}}
    step, gap = SIDE + GAP, 30 if more else 0
    tiles = tuple(
        _tile(code, x * step, y * step + (gap if code in more else 0), enclave, refused[code])
        for code, (x, y) in sorted(places.items(), key=lambda each: (each[1][1], each[1][0]))
    )
    height = (max(y for _, y in places.values()) + 1) * step + gap - GAP
    return Map(tiles, columns * step - GAP, height, rows * step + gap - 8 if more else None, _told(enclave))


def _tile(code: str, x: int, y: int, enclave: Enclave, refused: int) -> Tile:
    country = next((each for each in enclave.countries if each.code == code), None)
    sites = [site.name for site in enclave.sites if site.country == code]
    approved = country is not None and country.approved
    kind: Kind = "other"
    if refused and not approved:
        kind = "refused"
    elif sites:
        kind = "site"
    elif approved:
        kind = "approved"
    elif country is not None:
        kind = "told"
    words = [country.name if country else code]
    words += [f"sites: {', '.join(sites)}"] if sites else []
    words += ["approved by the law"] if approved else []
    words += [f"findings: {refused}"] if refused else []
    return Tile(code, x, y, kind, len(sites), "; ".join(words))


def _told(enclave: Enclave) -> str:
    by_country: dict[str, list[str]] = defaultdict(list)
    for site in enclave.sites:
        by_country[site.country_name].append(f"{site.name} ({site.lifecycle})")
    return "; ".join(f"{country}: {', '.join(sites)}" for country, sites in by_country.items()) or "no site"


@cache
def _grid() -> dict[str, tuple[int, int]]:
    """Return column and row of each country of the map."""
    return dict(_placed())


def _placed() -> Iterator[tuple[str, tuple[int, int]]]:
    text = files(__package__).joinpath("europe.txt").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    for y, line in enumerate(lines):
        for x, code in enumerate(line):
            if code != "..":
                yield code, (x, y)

"""A site's network as a picture: its segments one below the other, and an arc for each permitted way between them.

Arcs on the right lead down, arcs on the left lead up; longer ones go round shorter ones, so that none cross needlessly.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evidence.record.model import Enclave, Site, Way

OUTSIDE: Final = ("internet", "person")
WIDTH: Final = 148
HEIGHT: Final = 46
STEP: Final = 66
NEAREST: Final = 26
FURTHER: Final = 20
MARGIN: Final = 6
LETTER: Final = 6.4
"""Pixels: a box, from one to the next, how far an arc to the next reaches, what each further box adds; a letter."""

TITLE: Final = 16
DETAIL: Final = 22
"""Letters that fit into a box."""

Standing = Literal["kept", "broken", "unknown", "permitted"]


@dataclass(frozen=True)
class Box:
    """A segment of the site, or an end outside it; ``y`` is its upper edge."""

    name: str
    detail: str
    y: float
    inside: bool
    gateways: str = ""
    within: str = ""


@dataclass(frozen=True)
class Arc:
    """A permitted way; ``path`` is SVG's, ``x`` and ``y`` are where its ports are written, where they are not usual."""

    path: str
    ports: str
    x: float
    y: float
    anchor: Literal["start", "end"]
    standing: Standing
    told: str


@dataclass(frozen=True)
class Drawing:
    """The picture of one site; ``left`` is where its boxes begin, ``usual`` the ports that most ways have."""

    boxes: tuple[Box, ...]
    arcs: tuple[Arc, ...]
    width: float
    height: float
    left: float
    usual: str


@dataclass(frozen=True)
class _Plan:
    """Where things are: each end's row, the heights at which arcs meet their boxes, and where the boxes begin."""

    rows: Mapping[str, int]
    slots: Mapping[tuple[str, Way], float]
    left: float
    usual: str


def drawing(enclave: Enclave, site: Site) -> Drawing:
    """Return the picture of a site's segments, gateways and ways."""
    own = [f"{site.name}/{segment.name}" for segment in enclave.segments]
    ways = [way for way in enclave.network.ways if way.source in own or way.target in own]
    ends = _ends(own, ways, enclave)
    rows = {end: number for number, end in enumerate(ends)}
    between = [way for way in ways if way.source != way.target]
    usual = _usual(between)
    down = max((_span(rows, way) for way in between if rows[way.source] < rows[way.target]), default=0)
    up = max((_span(rows, way) for way in between if rows[way.source] > rows[way.target]), default=0)
    left = MARGIN + (_reach(up) + _labelled(between, rows, usual, upward=True) if up else 0)
    width = left + WIDTH + (_reach(down) + _labelled(between, rows, usual, upward=False) if down else 0) + MARGIN
    standing = _standing(enclave)
    plan = _Plan(rows, _slots(rows, between), left, usual)
    arcs = tuple(_arc(way, plan, standing.get((way.source, way.target), "permitted")) for way in between)
    within = {way.source: way.ports for way in ways if way.source == way.target}
    boxes = tuple(_box(enclave, site, end, row, within.get(end, "")) for end, row in rows.items())
    return Drawing(boxes, arcs, round(width, 1), STEP * len(ends) - (STEP - HEIGHT) + 2 * MARGIN, left, usual)


def short(ports: str) -> str:
    """Return ports without the name of the usual protocol."""
    return ports.removeprefix("tcp ")


def fitting(text: str, letters: int) -> str:
    """Return as much of a text as fits into a box."""
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def _usual(ways: Sequence[Way]) -> str:
    """Return the ports that most ways have, which need not be written at each; none where no two agree."""
    most = Counter(way.ports for way in ways).most_common(1)
    return most[0][0] if most and most[0][1] > 1 else ""


def _ends(own: Sequence[str], ways: Iterable[Way], enclave: Enclave) -> list[str]:
    """Return every end that is drawn: from outside first, then the segments, then other sites."""
    told = {end for way in ways for end in (way.source, way.target)}
    promised = {promise.source for promise in enclave.network.promises}
    first = [end for end in OUTSIDE if end in told or end in promised]
    return [*first, *own, *sorted(told - {*own, *first})]


def _box(enclave: Enclave, site: Site, end: str, row: int, within: str) -> Box:
    y = MARGIN + row * STEP
    where, _, name = end.rpartition("/")
    segment = next((each for each in enclave.segments if each.name == name and where == site.name), None)
    if segment is None:
        detail = "outside" if end in OUTSIDE else f"at {where}" if where else ""
        return Box(fitting(name, TITLE), fitting(detail, DETAIL), y, inside=False)
    crossed = {promise.on for promise in enclave.network.promises if promise.kind == "must_cross"} or {"gateway"}
    found = [
        *(each.gateway for each in enclave.decisions.tables if each.site == site.name),
        *(each.gateway for each in enclave.approvals if each.site == site.name),
    ]
    gateways = ", ".join(dict.fromkeys(found)) if segment.name in crossed else ""
    return Box(
        fitting(name, TITLE),
        fitting(", ".join(segment.classes), DETAIL),
        y,
        inside=True,
        gateways=fitting(gateways, DETAIL - 2),
        within=fitting(short(within), DETAIL - 4),
    )


def _arc(way: Way, plan: _Plan, standing: Standing) -> Arc:
    rows, slots, left = plan.rows, plan.slots, plan.left
    upward = rows[way.source] > rows[way.target]
    side, sign = (left, -1) if upward else (left + WIDTH, 1)
    from_, to = slots[way.source, way], slots[way.target, way]
    reach = _reach(_span(rows, way))
    control, end = side + sign * reach * 4 / 3, side + sign * 5
    path = f"M{side:g} {from_:.1f}C{control:.1f} {from_:.1f} {control:.1f} {to:.1f} {end:g} {to:.1f}"
    told = f"{way.source} to {way.target}: {way.ports}"
    inside = _span(rows, way) == 1  # there the gap between two boxes is free
    x = side + sign * (reach - 6 if inside else reach + 4)
    ports = "" if way.ports == plan.usual else short(way.ports)
    return Arc(path, ports, round(x, 1), (from_ + to) / 2 + 4, "end" if upward != inside else "start", standing, told)


def _slots(rows: Mapping[str, int], ways: Iterable[Way]) -> dict[tuple[str, Way], float]:
    """Return the height at which each arc meets each of its boxes."""
    met: dict[tuple[str, bool], list[Way]] = defaultdict(list)
    for way in ways:
        upward = rows[way.source] > rows[way.target]
        met[way.source, upward].append(way)
        met[way.target, upward].append(way)
    slots = {}
    for (end, _upward), arcs in met.items():
        arcs.sort(key=lambda way: _turn(rows, end, way))
        gap = min(9.0, (HEIGHT - 10) / len(arcs))
        top = MARGIN + rows[end] * STEP + HEIGHT / 2 - gap * (len(arcs) - 1) / 2
        slots.update({(end, way): top + gap * number for number, way in enumerate(arcs)})
    return slots


def _turn(rows: Mapping[str, int], end: str, way: Way) -> tuple[bool, int]:
    """Return the order of arcs at a box from above: those that lead up, nearest first; then those that lead down."""
    other = rows[way.target if way.source == end else way.source]
    below = other > rows[end]
    return below, -_span(rows, way) if below else _span(rows, way)


def _standing(enclave: Enclave) -> dict[tuple[str, str], Standing]:
    """Return what the promises say of each pair of ends; what breaks one weighs more."""
    found: dict[tuple[str, str], Standing] = {}
    for promise in enclave.network.promises:
        pair = (promise.source, promise.target)
        if promise.kind == "must_cross":
            continue
        if promise.holds is False:
            found[pair] = "broken"
        elif promise.holds is None:
            found.setdefault(pair, "unknown")
        elif promise.kind == "must_permit":
            found.setdefault(pair, "kept")
    return found


def _span(rows: Mapping[str, int], way: Way) -> int:
    return abs(rows[way.source] - rows[way.target])


def _reach(span: int) -> float:
    return NEAREST + FURTHER * (span - 1) if span else 0


def _labelled(ways: Iterable[Way], rows: Mapping[str, int], usual: str, *, upward: bool) -> float:
    """Return the room that the widest text needs beyond the widest arc."""
    those = [way for way in ways if (rows[way.source] > rows[way.target]) is upward]
    furthest = max((_reach(_span(rows, way)) for way in those), default=0)
    needed = max(
        (_reach(_span(rows, way)) + LETTER * len(short(way.ports)) for way in those if way.ports != usual), default=0
    )
    return max(0, needed - furthest) + 8

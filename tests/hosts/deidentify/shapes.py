"""Records of 30 shapes as they arrive, odd ones among them; each shape is a function of a seeded random generator."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    Shape = Callable[[random.Random], tuple[bytes, list[str]]]

PLANS: Final = ("free", "plus", "family")
NETWORKS: Final = "10.8.0.0/16,NO\n10.9.0.0/16,IE\n2001:db8::/32,NO\n"
ODD: Final = frozenset(
    {
        "a float as plan", "nan", "infinity", "a huge number", "more digits than anybody reads", "a key twice",
        "a key twice, once escaped", "an object as user", "a list as address", "a number as plan", "a lone surrogate",
        "not utf-8", "free text as plan", "a plan with a space behind", "free text as address", "a time without a zone",
        "an age of letters", "an array on top", "cut off", "very deep", "a long line", "an age that nobody has",
    }
)  # fmt: skip
"""The shapes of which every record is refused."""


@dataclass
class Person:
    """Somebody, and what must never leave of them in any form."""

    record: dict[str, Any]
    secrets: list[str] = field(default_factory=list)


def person(rng: random.Random) -> Person:
    user = f"user-{rng.randrange(10**12):012}"
    phone = f"+47{rng.randrange(10**8, 10**9)}"
    name = f"{rng.choice(['Åse', 'Siobhán', 'Ólafur', 'Nora'])} {rng.randrange(10**10):010}sen"
    note = f"met {name} at the harbour, call {phone} about {rng.randrange(10**9)}"
    clock = f"{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}.{rng.randrange(10**6):06}"
    address = f"10.{rng.choice([8, 9])}.{rng.randrange(100, 256)}.{rng.randrange(100, 256)}"
    record = {
        "user": user,
        "phone": phone,
        "plan": rng.choice(PLANS),
        "address": address,
        "at": f"2026-11-{rng.randrange(1, 29):02}T{clock}+00:00",
        "age": rng.randrange(18, 99),
        "internal": f"ticket-{rng.randrange(10**12):012}",
        "name": name,
        "note": note,
    }
    return Person(record, [user, phone, name, note, clock, address, str(record["internal"])])


def _plain(**changes: Any) -> Shape:
    """A record with some values changed; a callable makes one. Texts that come in are secrets."""

    def shape(rng: random.Random) -> tuple[bytes, list[str]]:
        made = person(rng)
        for key, change in changes.items():
            value = change(rng, made.record) if callable(change) else change
            made.record[key] = value
            texts = [value[11:]] if key == "at" else _texts(value)  # its day is what may leave of a time
            made.secrets += [text for text in texts if len(text) >= 8]
        return json.dumps(made.record, ensure_ascii=False).encode("utf-8", "surrogatepass"), made.secrets

    return shape


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, one in value.items() for text in (key, *_texts(one))]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [str(value)] if isinstance(value, int | float) and not isinstance(value, bool) else []


def _without(*keys: str) -> Shape:
    def shape(rng: random.Random) -> tuple[bytes, list[str]]:
        made = person(rng)
        for key in keys:
            del made.record[key]
        return json.dumps(made.record).encode(), made.secrets

    return shape


def _rewritten(change: Callable[[random.Random, bytes], bytes]) -> Shape:
    def shape(rng: random.Random) -> tuple[bytes, list[str]]:
        made = person(rng)
        return change(rng, json.dumps(made.record).encode()), made.secrets

    return shape


def _keyed(change: Callable[[str], str]) -> Shape:
    """The value of a listed field under a key that only looks like it."""

    def shape(rng: random.Random) -> tuple[bytes, list[str]]:
        made = person(rng)
        made.record[change("plan")] = made.record["note"]
        return json.dumps(made.record, ensure_ascii=False).encode(), made.secrets

    return shape


def _number(rng: random.Random, _: Any) -> int:
    return rng.randrange(10**14, 10**15)


def _as_key(rng: random.Random) -> tuple[bytes, list[str]]:
    made = person(rng)
    made.record[f"{made.record['phone']} {made.record['name']}"] = True
    return json.dumps(made.record).encode(), made.secrets


SHAPES: Final[dict[str, Shape]] = {
    "clean": _plain(),
    "more free text": _plain(comment=lambda _, record: record["note"] * 20),
    "a nested profile": _plain(profile=lambda _, record: {"home": {"street": record["note"], "of": record["name"]}}),
    "a list of addresses": _plain(addresses=lambda _, record: [record["address"]] * 3),
    "a number as user": _plain(user=_number),
    "an accent apart": _plain(user=lambda rng, _: f"Ase\u030a-{rng.randrange(10**10):010}"),
    "nulls": _plain(plan=None, age=None, address=None),
    "missing fields": _without("plan", "at", "age"),
    "a place as floats": _plain(gps=lambda rng, _: [rng.random() * 90, rng.random() * 180]),
    "a key in cyrillic": _keyed(lambda key: key.replace("a", "а")),  # noqa: RUF001
    "a key with nothing in it": _keyed(lambda key: f"{key}\u200b"),
    "a key in capitals": _keyed(str.upper),
    "a key that is data": _as_key,
    "ipv6": _plain(address=lambda rng, _: f"2001:db8:{rng.randrange(4096, 65536):x}::{rng.randrange(4096, 65536):x}"),
    "ipv4 in ipv6": _plain(address=lambda rng, _: f"::ffff:10.8.{rng.randrange(100, 256)}.{rng.randrange(100, 256)}"),
    "a time elsewhere": _plain(at="2026-11-30T23:59:59-11:00"),
    "a float as plan": _plain(plan=lambda rng, _: rng.random()),
    "nan": _rewritten(lambda _, line: line[:-1] + b', "score": NaN}'),
    "infinity": _rewritten(lambda _, line: line[:-1] + b', "score": -Infinity}'),
    "a huge number": _plain(user=lambda rng, _: rng.randrange(10**30, 10**31)),
    "more digits than anybody reads": _rewritten(lambda _, line: line[:-1] + b', "n": ' + b"9" * 5000 + b"}"),
    "a key twice": _rewritten(lambda _, line: line[:-1] + b', "plan": "free"}'),
    "a key twice, once escaped": _rewritten(lambda _, line: line[:-1] + b', "pl\\u0061n": "free"}'),
    "an object as user": _plain(user=lambda _, record: {"id": record["phone"]}),
    "a list as address": _plain(address=lambda _, record: [record["address"]]),
    "a number as plan": _plain(plan=1),
    "a lone surrogate": _rewritten(lambda _, line: line.replace(b'"user-', b'"\\ud800user-')),
    "not utf-8": _rewritten(lambda _, line: line.replace(b"user-", b"us\xffer-")),
    "free text as plan": _plain(plan=lambda _, record: record["note"]),
    "a plan with a space behind": _plain(plan="free "),
    "free text as address": _plain(address=lambda _, record: f"{record['address']} of {record['name']}"),
    "a time without a zone": _plain(at="2026-11-29T10:11:12"),
    "an age of letters": _plain(age="forty"),
    "an age that nobody has": _plain(age=131),
    "an array on top": _rewritten(lambda _, line: b"[" + line + b"]"),
    "cut off": _rewritten(lambda rng, line: line[: rng.randrange(1, len(line) - 1)]),
    "very deep": _rewritten(lambda _, line: line[:-1] + b', "deep": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "a long line": _rewritten(lambda _, line: line[:-1] + b', "long": "' + b"x" * 2**20 + b'"}'),
}
_HEAVY: Final = frozenset({"very deep", "a long line", "more digits than anybody reads"})


@dataclass
class Generated:
    """Lines, the shape of each, and what must not leave."""

    lines: list[bytes] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)


@cache
def generated(count: int, seed: int = 4711) -> Generated:
    """Return records of every shape, at least one of each, with all that must not leave; nobody changes them."""
    rng, made = random.Random(seed), Generated()  # noqa: S311
    names = list(SHAPES)
    light = [name for name in names if name not in _HEAVY]
    for number in range(count):
        name = names[number] if number < len(names) else rng.choice(light)
        line, secrets = SHAPES[name](rng)
        made.lines.append(line)
        made.shapes.append(name)
        made.secrets.update(secrets)
    return made

"""N resources of sixty types, the same for every judge: seeded, so that each run and each judge gets the same ones."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import located_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

region = "eu-west-1"
account = "111122223333"
cluster = "hamar"
refused_one_in = 200
_table = Path(__file__).with_name("mixed.yaml")
_seed = 20261122
_most_rules = 30_000  # below the number of an ACL's last rule


@dataclass(frozen=True)
class Entry:
    """One line of the table: a type under its names in both worlds, and its inputs in wire names, not yet filled in."""

    type: str
    terraform: str
    inputs: Mapping[str, Any]
    named: str | None
    called: str | None
    often: int
    region: str | None
    arn: str

    @property
    def is_aws(self) -> bool:
        """Whether AWS holds it; Kubernetes does otherwise."""
        return self.type.startswith("aws:")

    @property
    def is_abroad(self) -> bool:
        """Whether its region or zone already tells that it must be refused."""
        zone = self.inputs.get("availabilityZone", region)
        return self.region not in (region, None) or (zone != "{zone}" and not zone.startswith(region))


@dataclass(frozen=True)
class Made:
    """One resource; ``inputs`` in wire names, with the region that the plugin fills in; ``refused``: on purpose."""

    entry: Entry
    name: str
    inputs: Mapping[str, Any]
    refused: bool

    @property
    def arn(self) -> str:
        """What AWS calls it."""
        service = self.entry.type.split(":")[1].partition("/")[0]
        return f"arn:aws:{service}:{self.entry.region or ''}:{account}:{self.entry.arn.replace('{name}', self.name)}"


@dataclass(frozen=True)
class Mix:
    """Resources, and what their network is meant to do, as a component of the stack says it."""

    made: tuple[Made, ...]
    meant: Mapping[str, Any]


def mixed(count: int, heavy: str | None = None) -> Mix:
    """Return ``count`` resources, of which one in `refused_one_in` must be refused; ``heavy``: more of some types."""
    return _Mix(located_yaml.load(_table).data, Random(_seed), count, heavy).make()  # noqa: S311 (no secret)


class _Mix:
    def __init__(self, table: Mapping[str, Any], chance: Random, count: int, heavy: str | None) -> None:
        self.table = table
        self.chance = chance
        self.count = count
        self.more: Mapping[str, int] = table["heavy"][heavy] if heavy else {}
        self.called: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self.namespaces: Mapping[str, str] = table["namespaces"]
        self.segments: Sequence[str] = table["segments"]
        self.sites = [f"dublin-{one + 1}" for one in range(max(count // table["resources_of_a_site"], 1))]

    def make(self) -> Mix:
        first = list(self._around())
        clean, refused = ([_entry(raw) for raw in self.table[kind]] for kind in ("clean", "refused"))
        rest = self.count - len(first)
        bad = [refused[number % len(refused)] for number in range(max(self.count // refused_one_in, 1))]
        # Each type once, those that others name once in each place; then as common as the table says.
        needed = [(entry, place) for entry in clean for place in (self._places(entry) if entry.called else [None])]
        if rest < len(needed) + len(bad):
            raise ValueError(f"{self.count} resources are too few for a mix of {len(clean)} types")
        often = [entry.often * self.more.get(entry.type, 1) for entry in clean]
        common = self.chance.choices(clean, often, k=rest - len(bad) - len(needed))
        drawn = [(entry, place, False) for entry, place in (*needed, *((entry, None) for entry in common))]
        drawn += [(entry, None, True) for entry in bad]
        self.chance.shuffle(drawn)
        placed = [
            (entry, is_bad, f"{_short(entry)}-{number}", number, place or self.chance.choice(self._places(entry)))
            for number, (entry, place, is_bad) in enumerate(drawn)
        ]
        for entry, is_bad, name, _, place in placed:
            if entry.called and not is_bad:
                self.called[place][f"a {entry.called}"].append(name)
        others = (
            Made(entry, name, self._inputs(entry, self._own(name, number, place)), is_bad)
            for entry, is_bad, name, number, place in placed
        )
        return Mix((*first, *others), self._meant())

    def _places(self, entry: Entry) -> Sequence[str]:
        """Return where a resource may be: in a site of AWS, or in a namespace."""
        return self.sites if entry.is_aws else list(self.namespaces)

    def _around(self) -> Iterator[Made]:
        """Yield what all else stands in: namespaces, and the network of each site."""
        for raw in self.table["once"]:
            yield self._once(raw, {})
        for namespace, segment in self.namespaces.items():
            for raw in self.table["around"]:
                own = {"namespace": namespace, "segment": segment}
                yield self._once(raw, own, f"{_short(_entry(raw))}-{namespace}")
        for site in self.sites:
            yield from (self._once(raw, self._of_site(site)) for raw in self.table["site"])
            for segment in self.segments:
                own = {**self._of_site(site), **self._halves(site, segment), "segment": segment}
                yield from (self._once(raw, own) for raw in self.table["segment"])
            for way in self.table["ways"]:
                yield from (self._once(raw, {**self._of_site(site), **way}) for raw in self.table["way"])

    def _once(self, raw: Mapping[str, Any], own: Mapping[str, Any], name: str | None = None) -> Made:
        entry = _entry(raw)
        known = name or str(_filled(entry.named, own, self.table))
        return Made(entry, known, self._inputs(entry, {**own, "name": known}), refused=False)

    def _inputs(self, entry: Entry, own: Mapping[str, Any]) -> dict[str, Any]:
        inputs: dict[str, Any] = _filled(entry.inputs, own, self.table)
        return {"region": entry.region, **inputs} if entry.region else inputs

    def _own(self, name: str, number: int, place: str) -> dict[str, Any]:
        """Return what every placeholder stands for."""
        bits, draw = self.chance.getrandbits, self.chance.randrange
        site = place if place in self.sites else self.sites[0]
        return {
            "name": name,
            "number": 1 + number % _most_rules,
            "namespace": place,
            "zone": f"{region}{'abc'[draw(3)]}",
            "hex": f"{bits(68):017x}",
            "digest": f"{bits(256):064x}",
            **self._of_site(site),
            **self._halves(site, "app"),
            "segment": "app",
            **{segment: f"subnet-{site}-{segment}-{'ab'[draw(2)]}" for segment in self.segments},
            **{f"group of {segment}": f"group-{site}-{segment}" for segment in self.segments},
            **{f"network of {segment}": self._network(site, segment) for segment in self.segments},
            **{f"address of {segment}": self._address(site, segment) for segment in self.segments},
            **{what: self.chance.choice(names) for what, names in self.called[place].items()},
        }

    def _of_site(self, site: str) -> dict[str, Any]:
        key = f"arn:aws:kms:{region}:{account}:key/key-{site}"
        return {"site": site, "vpc": f"vpc-{site}", "key": key, "network": f"{self._prefix(site)}.0.0/16"}

    def _prefix(self, site: str) -> str:
        """Return the first two numbers of a site's addresses; beyond those that there are, sites share them."""
        return "10.250" if site == cluster else f"10.{16 + self.sites.index(site) % 224}"

    def _network(self, site: str, segment: str, third: int = 0, length: int = 20) -> str:
        return f"{self._prefix(site)}.{16 * self.segments.index(segment) + third}.0/{length}"

    def _halves(self, site: str, segment: str) -> dict[str, str]:
        return {
            half: self._network(site, segment, third, 21) for half, third in (("first half", 0), ("second half", 8))
        }

    def _address(self, site: str, segment: str) -> str:
        third = 16 * self.segments.index(segment) + self.chance.randrange(16)
        return f"{self._prefix(site)}.{third}.{self.chance.randrange(1, 255)}"

    def _meant(self) -> dict[str, Any]:
        """Return the inputs of the component that says what the network is meant to do."""
        places = [*self.sites, cluster]
        ways = [{**way, "site": site} for site in self.sites for way in self.table["ways"]]
        ways += [{"from": one, "to": one, "port": 8443, "site": cluster} for one in self.namespaces.values()]
        denied = [{"from": end, "to": f"{site}/store"} for site in places for end in ("internet", "elsewhere")]
        return {
            "networks": {f"{site}/{one}": self._network(site, one) for site in places for one in self.segments},
            "people": ["10.255.0.0/16"],
            "restricted": [f"{site}/store" for site in places],
            "ways": [
                {
                    "from": f"{way['site']}/{way['from']}",
                    "to": f"{way['site']}/{way['to']}",
                    "protocol": "tcp",
                    "ports": str(way["port"]),
                }
                for way in ways
            ],
            "mustDeny": [{**way, "protocol": "any", "ports": "0-65535"} for way in denied],
            "mustPermit": [],
            "mustCross": [{"from": "person", "to": f"{site}/store", "segment": "gateway"} for site in places],
            "links": [],
        }


def _filled(value: Any, own: Mapping[str, Any], table: Mapping[str, Any]) -> Any:
    """Return a value with every placeholder filled in."""
    if isinstance(value, str):
        for what, known in own.items():
            if value == f"{{{what}}}":
                return known
            value = value.replace(f"{{{what}}}", str(known)) if "{" in value else value
        return value
    if isinstance(value, list):
        return [_filled(item, own, table) for item in value]
    if isinstance(value, dict):
        if value.keys() == {"use"}:
            return _filled(table["shared"][value["use"]], own, table)
        if value.keys() == {"json"}:
            return json.dumps(_filled(value["json"], own, table))
        return {key: _filled(item, own, table) for key, item in value.items()}
    return value


def _entry(raw: Mapping[str, Any]) -> Entry:
    aws = raw["type"].startswith("aws:")
    own = raw.get("region", region) if aws else None
    return Entry(
        raw["type"],
        raw["terraform"],
        raw["inputs"],
        raw.get("called"),
        raw.get("is"),
        raw.get("often", 1),
        own or None,
        raw.get("arn", "{name}"),
    )


def _short(entry: Entry) -> str:
    return entry.type.rpartition(":")[2].lower()

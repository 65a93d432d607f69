"""Small changes to what our components register, written as YAML: breaks and near misses of the segmentation."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.resources.resource import UNKNOWN, Resource

import located_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FILES: Final = tuple(sorted(Path(__file__).parent.glob("breaks*.yaml")))
URN: Final = "urn:pulumi:test::enclave::"
ACL_NUMBER: Final = 50
"""Before the entries that our components write, which begin at 100."""


@dataclass(frozen=True)
class Change:
    """What is added, set, appended and removed; ``state_only`` where a plan could not tell it."""

    id: str
    family: str
    says: str
    do: Sequence[Mapping[str, Any]]
    rules: frozenset[str] = frozenset()
    path: tuple[str, ...] = ()
    state_only: bool = False


@dataclass(frozen=True)
class Book:
    """All changes of the files; ``types``: short name → type token."""

    types: Mapping[str, str]
    breaks: tuple[Change, ...]
    near_misses: tuple[Change, ...]


def read_book(files: Sequence[Path] = FILES) -> Book:
    """Return the changes of some files. Raises TypeError and KeyError for what is badly written."""
    every = [located_yaml.load(file).data for file in files]
    return Book(
        {short: type_ for data in every for short, type_ in data["types"].items()},
        tuple(_change(raw, broken=True) for data in every for raw in data["breaks"]),
        tuple(_change(raw, broken=False) for data in every for raw in data["near_misses"]),
    )


def _change(raw: Mapping[str, Any], *, broken: bool) -> Change:
    told = {**raw, "rules": frozenset(f"SEG-{rule:03}" for rule in raw.get("rules", ()))}
    told["path"] = tuple(raw["path"]) if broken else ()
    return Change(**told)


@dataclass
class _Workshop:
    """One stack while it is changed; ``planned``: no id is known, a reference is only depended on."""

    types: Mapping[str, str]
    planned: bool
    made: dict[str, Resource] = field(default_factory=dict)

    def key(self, short: str) -> str:
        """Return the id of a resource that is called ``KIND/NAME``."""
        kind, _, name = short.partition("/")
        return f"{self.types[kind]}:{name}"

    def add(self, short: str, props: Mapping[str, Any]) -> None:
        """Add a resource that nobody's component makes."""
        key = self.key(short)
        if key in self.made:
            raise KeyError(f"{short} is there already")
        type_, _, name = key.rpartition(":")
        self.made[key] = Resource(f"{URN}{type_}::{name}", type_, name)
        self.write(key, dict(props))

    def write(self, key: str, props: dict[str, Any]) -> None:
        """Give a resource other inputs, of which those that begin with @ refer to others."""
        before = self.made[key]
        depends = dict(before.depends)
        told: dict[str, Any] = {}
        for name, value in props.items():
            urns: list[str] = []
            told[name] = self._referring(value, urns)
            if urns and self.planned:
                depends[name] = (*depends.get(name, ()), *urns)
        outputs = {} if self.planned else {**before.outputs, "arn": f"arn:{key}", "id": key, **told}
        self.made[key] = replace(before, props=told, outputs=outputs, depends=depends)

    def _referring(self, value: Any, urns: list[str]) -> Any:
        if isinstance(value, dict):
            return {name: self._referring(item, urns) for name, item in value.items()}
        if isinstance(value, list):
            return [self._referring(item, urns) for item in value]
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        by_arn = value.startswith("@arn:")
        key = self.key(value.removeprefix("@arn:" if by_arn else "@"))
        urns.append(self.made[key].urn)
        return UNKNOWN if self.planned else f"arn:{key}" if by_arn else key

    def change(self, short: str, places: Mapping[str, Any], *, append: bool = False) -> None:
        """Set or append to what stands at dotted places; None takes it away."""
        key = self.key(short)
        props = copy.deepcopy(dict(self.made[key].props))
        for place, value in places.items():
            *way, last = [int(part) if part.isdecimal() else part.replace("~", ".") for part in place.split(".")]
            found: Any = props
            for part in way:
                found = found.setdefault(part, {}) if isinstance(found, dict) else found[part]
            if append:
                found[last] = [*found.get(last, []), value]
            elif value is None:
                del found[last]
            else:
                found[last] = value
        self.write(key, props)

    def opened(self, source: str, target: str, first: int, last: int, protocol: str = "tcp") -> None:
        """Let the network ACLs of two segments of dublin-1 pass some ports and their answers."""
        for here, there, way, back in ((source, target, "egress", "ingress"), (target, source, "ingress", "egress")):
            network = _network_of(there)
            short = f"acl/dublin-1-{here}"
            self.change(short, {way: _entry(network, protocol, first, last)}, append=True)
            self.change(short, {back: _entry(network, protocol, 1024, 65535)}, append=True)


def _network_of(segment: str) -> str:
    slot = ("ingress", "gateway", "app", "store", "keys", "monitoring").index(segment)
    return f"10.16.{slot * 16}.0/20"


def _entry(network: str, protocol: str, first: int, last: int) -> dict[str, Any]:
    return {
        "ruleNo": ACL_NUMBER,
        "action": "allow",
        "protocol": protocol,
        "cidrBlock": network,
        "fromPort": first,
        "toPort": last,
    }


def changed(stack: Sequence[Resource], change: Change, types: Mapping[str, str], *, planned: bool) -> list[Resource]:
    """Return the stack's resources with a change, in the order in which they are registered."""
    shop = _Workshop(types, planned, {f"{one.type}:{one.name}": one for one in stack})
    for step in change.do:
        for verb, given in step.items():
            for short, value in _pairs(verb, given):
                if verb == "add":
                    shop.add(short, value)
                elif verb == "remove":
                    del shop.made[shop.key(short)]
                elif verb == "acls":
                    shop.opened(*value)
                else:
                    shop.change(short, value, append={"set": False, "append": True}[verb])
    return list(shop.made.values())


def _pairs(verb: str, given: Any) -> Iterator[tuple[str, Any]]:
    if verb == "acls":
        yield "", given
    elif verb == "remove":
        yield from ((short, None) for short in given)
    else:
        yield from given.items()

"""Cases as data: a base network, the resources that a case adds or changes, and the ways that then are open."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enclave_policies.network.aws.types import token
from enclave_policies.network.networks import ANYWHERE
from enclave_policies.resources.resource import UNKNOWN, Resource

import located_yaml

if TYPE_CHECKING:
    from enclave_policies.network.aws import AwsModel
    from enclave_policies.network.path import Microsegment

FOLDER = Path(__file__).parent
WRITTEN_UNKNOWN = "<unknown>"
MADE_WITH_A_VPC = ("defaultNetworkAclId", "defaultRouteTableId", "defaultSecurityGroupId", "mainRouteTableId")


def read(name: str) -> Any:
    """Return a YAML file of this folder as plain data."""
    return located_yaml.load(FOLDER / name).data


def type_of(short: str) -> str:
    """Return the type token of ``module/Name``; the module is ec2 where none is given."""
    module, _, name = short.rpartition("/")
    return token(name, module or "ec2")


def resources(table: dict[str, Any], words: dict[str, Any], *, planned: bool) -> list[Resource]:
    """Return resources from ``module/Name NAME: properties``; ``$NAME`` (or ``$NAME.output``) refers to one.

    A text ``~WORD`` stands for one of the words.
    """
    urns: dict[str, str] = {}
    for title in table:
        short, name = title.split(" ", 1)
        urns.setdefault(name, f"urn:pulumi:test::test::{type_of(short)}::{name}")
    return [
        _resource(title, props or {}, urns, words, planned=planned) for title, props in table.items() if props != "gone"
    ]


def _resource(
    title: str, props: dict[str, Any], urns: dict[str, str], words: dict[str, Any], *, planned: bool
) -> Resource:
    short, name = title.split(" ", 1)
    urn = f"urn:pulumi:test::test::{type_of(short)}::{name}"
    depends: dict[str, tuple[str, ...]] = {}

    def shown(key: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {inner: shown(key, item) for inner, item in value.items()}
        if isinstance(value, list):
            return [shown(key, item) for item in value]
        if isinstance(value, str) and value.startswith("~"):
            return shown(key, words[value[1:]])
        if value == WRITTEN_UNKNOWN:
            return UNKNOWN
        if isinstance(value, str) and value.startswith("$"):
            target, _, output = value[1:].partition(".")
            depends[key] = (*depends.get(key, ()), urns[target])
            return UNKNOWN if planned else f"{output or 'id'}-of-{urns[target]}"
        return value

    found = {key: shown(key, value) for key, value in props.items()}
    outputs = {"id": f"id-of-{urn}", "arn": f"arn-of-{urn}"}
    if short in ("Vpc", "DefaultVpc"):
        outputs |= {made: f"{made}-of-{urn}" for made in MADE_WITH_A_VPC}
    told = {} if planned else outputs
    return Resource(urn, type_of(short), name, found, outputs=told, depends=depends if planned else {})


def ways(model: AwsModel) -> dict[str, list[str]]:
    """Return every open way as ``FROM -> TO ports`` with the reasons of each; a zone is told by its segment."""
    found: dict[str, list[str]] = {}
    zones = model.zones()

    def add(hops: list[Any], source: Microsegment | None, target: Microsegment | None) -> None:
        for hop in hops:
            assert (hop.source, hop.target) == (str(source or ANYWHERE), str(target or ANYWHERE))
            found.setdefault(f"{_words(source)} -> {_words(target)} {hop.ports}", []).extend(hop.because)

    for source in zones:
        for target in zones:
            add(model.between(source, target), source, target)
        add(model.to_outside(source, ANYWHERE), source, None)
        add(model.from_outside(ANYWHERE, source), None, source)
    return found


def shut(model: AwsModel) -> dict[str, list[str]]:
    """Return of every way that is closed, as ``FROM -> TO``, what is missing."""
    found: dict[str, list[str]] = {}
    for source, target in product(model.zones(), repeat=2):
        found.setdefault(f"{_words(source)} -> {_words(target)}", []).extend(model.blocked(source, target))
    return found


def _words(zone: Microsegment | None) -> str:
    if zone is None:
        return "outside"
    return zone.segment or "-" if zone.site == "dublin" else f"{zone.site}/{zone.segment or '-'}"

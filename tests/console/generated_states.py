"""States that a seed makes: resources of every corpus and of the shipped stack, mixed and changed at random."""

from __future__ import annotations

import copy
import json
import random
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.network.intent import TYPE as INTENT

from tests.corpus_cases import SIGNATURE, Case, as_export, load_cases
from tests.enclave_policies.access.cases import cases as access_cases
from tests.enclave_policies.key_custody.cases import cases
from tests.enclave_policies.segmentation.test_breaks import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.resources.resource import Resource

Raw = dict[str, Any]
TOGETHER: Final = 5
SEALED: Final = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x:y"}
CUSTODY_FILES: Final = ("clean", "faults", "samples")


def states(number: int, seed: int) -> Iterator[Raw]:
    """Yield exported states, ``number`` resources in all beside stacks and providers."""
    chance = random.Random(seed)  # noqa: S311 (no secret hangs on it)
    intent = next(raw for raw in material() if raw["type"] == INTENT)
    for start in range(0, number, TOGETHER):
        drawn = [_changed(chance.choice(material()), chance) for _ in range(min(TOGETHER, number - start))]
        if chance.random() < 1 / 2:
            drawn[0] = copy.deepcopy(intent)
        if chance.random() < 1 / 3:
            drawn[-1] = copy.deepcopy(chance.choice(bundles()))
        named = tuple(raw | {"name": f"r{start + place}"} for place, raw in enumerate(drawn))
        made = as_export(Case("G", "generated", "clean", named))
        made["deployment"]["secrets_providers"] = {"type": "passphrase", "state": {"salt": "v1:x"}}
        yield made


@cache
def bundles() -> tuple[Raw, ...]:
    """Return bundles of gateways, good and bad: too few among all else to be drawn by chance."""
    found = (_raw(case.resource()) for case in access_cases())
    return tuple({json.dumps(raw, sort_keys=True): raw for raw in found}.values())  # cases of approvals share one


@cache
def material() -> tuple[Raw, ...]:
    """Return every resource that a state is mixed of."""
    found = [
        {key: raw[key] for key in ("type", "provider", "inputs", "custom") if key in raw}
        for case in load_cases()
        if not case.planned
        for raw in case.resources
        if not raw["type"].startswith("pulumi:")
    ]
    custody = [resource for file in CUSTODY_FILES for case in cases(file) for resource in case.stack()]
    return (*found, *(_raw(resource) for resource in (*custody, *shipped("state")) if _fits(resource)))


def _fits(resource: Resource) -> bool:
    return not resource.type.startswith("pulumi:")


def _raw(resource: Resource) -> Raw:
    raw: Raw = {"type": resource.type, "inputs": _plain(dict(resource.props))}
    if resource.provider is not None:
        provider = resource.provider
        raw["provider"] = {"type": provider.type, "name": provider.name, "inputs": _plain(dict(provider.props))}
    else:
        raw["custom"] = False
    return raw


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float) else copy.deepcopy(SEALED)


@cache
def _values() -> dict[str, list[Any]]:
    """Return every value that some resource gives an input of this name."""
    found: dict[str, list[Any]] = {}
    for raw in material():
        for holder, key in _leaves(raw.get("inputs", {})):
            found.setdefault(str(key), []).append(holder[key])
    return found


def _leaves(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, dict | list) and SIGNATURE not in item:
            yield from _leaves(item)
        else:
            yield value, key


def _changed(raw: Raw, chance: random.Random) -> Raw:
    """Return a copy with some inputs gone, sealed, or as they are in another resource."""
    made = copy.deepcopy(raw)
    leaves = list(_leaves(made.get("inputs", {})))
    for holder, key in chance.sample(leaves, min(len(leaves), chance.choice((0, 0, 1, 2)))):
        change = chance.random()
        if change < 1 / 4 and isinstance(holder, dict):
            del holder[key]
        elif change < 1 / 2:
            holder[key] = copy.deepcopy(SEALED)
        else:
            holder[key] = chance.choice(_values()[str(key)])
    return made

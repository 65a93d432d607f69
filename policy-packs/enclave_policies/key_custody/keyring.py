"""The keys of a stack, by everything that other resources may call them; and the keys of others that the law lists."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers.arns import arns_in
from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.owner import Owner, owner
from enclave_policies.law.folder.custody import custody_of
from enclave_policies.reading.gathered import each, once
from enclave_policies.reading.stack import sources
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enclave_policies.law import Law
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

KEY: Final = "aws:kms/key:Key"
EXTERNAL_KEY: Final = "aws:kms/externalKey:ExternalKey"
REPLICAS: Final = frozenset({"aws:kms/replicaKey:ReplicaKey", "aws:kms/replicaExternalKey:ReplicaExternalKey"})
KEYS: Final = frozenset({KEY, EXTERNAL_KEY, *REPLICAS})
ALIAS: Final = "aws:kms/alias:Alias"
TARGET: Final = "targetKeyId"
MAC_USAGE: Final = "GENERATE_VERIFY_MAC"
"""The `keyUsage` of keys for authentication codes."""
CALLED: Final = ("id", "keyId", "arn")


@dataclass(frozen=True, slots=True)
class Holder:
    """A key that was found: its name for messages, and whose it is; ``reading`` None: the law lists it."""

    name: str
    owner: Owner
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The keys that an input may mean (several only while its value is not known), or why nobody can tell."""

    holders: tuple[Holder, ...] = ()
    problem: str | None = None
    open: bool = False


class Keyring:
    """The keys and aliases of one stack."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        made = [reading for type_ in KEYS for reading in stack.of_type(type_)]
        self.keys = _by_name(stack, made, *CALLED)
        owners = each(stack, made, owner)
        self.sites = frozenset(one.site for one in owners if one.site is not None)
        self.aliases = _by_name(stack, stack.of_type(ALIAS), "name", *CALLED)

    def find(self, reading: Reading, path: str, value: Any) -> Found:
        """Return the key that the input at ``path`` names by ``value``: id, ARN or alias; UNKNOWN by its sources."""
        if value is UNKNOWN:
            held = tuple(holder for source in sources(reading, path, self.stack) for holder in self._of(source))
            if held:
                return Found(held)
            return Found(problem="a key that is not known yet and comes from no key of this stack", open=True)
        name = str(value)
        key = self.keys.get(name) or self.keys.get(name.rpartition("key/")[2])
        if key is not None and _may_be(key, name, reading.law):
            return Found((_holder(key),))
        alias = self.aliases.get(name) or self.aliases.get(name.rpartition(":")[2])
        if alias is not None and _may_be(alias, name, reading.law):
            return Found(tuple(self._of(alias))) if any(self._of(alias)) else Found(problem=OPEN_ALIAS, open=True)
        listed = _listed(name, reading.law)
        if listed is not None:
            return Found((listed,))
        return Found(problem=f"{shown(name)}, a key that neither this stack makes nor the law lists")

    def _of(self, source: Reading) -> Iterator[Holder]:
        """Yield the key that a resource is, or that an alias stands for."""
        if source.resource.type in KEYS:
            yield _holder(source)
        elif source.resource.type == ALIAS:
            yield from self.find(source, TARGET, source.resource.props.get(TARGET, UNKNOWN)).holders


OPEN_ALIAS: Final = "an alias whose key is not of this stack"


@once
def keyring_of(stack: Stack) -> Keyring:
    """Return the keys of a stack."""
    return Keyring(stack)


def _may_be(found: Reading, name: str, law: Law) -> bool:
    """Return whether what has the same id or alias as an ARN is also of its account and Region."""
    arns = arns_in(name)
    if not arns:
        return True
    own = found.resource.outputs.get("arn")
    if isinstance(own, str) and own:
        return own == name
    provider = found.resource.provider
    region = provider.props.get("region") if provider else None
    return law.owns_account(arns[0].account) and region in (arns[0].region, None, UNKNOWN)


def _holder(reading: Reading) -> Holder:
    return Holder(f"key '{reading.resource.name}'", owner(reading), reading)


def _listed(name: str, law: Law) -> Holder | None:
    key = custody_of(law).decided.keys.get(name)
    if key is None:
        return None
    return Holder(f"key {name}", Owner(key.site, key.country, frozenset(key.classes)))


def _by_name(stack: Stack, readings: Iterable[Reading], *names: str) -> Mapping[str, Reading]:
    found = each(stack, readings, lambda reading: [(name, reading) for name in _names(reading, *names)])
    return dict(chain.from_iterable(found))


def _names(reading: Reading, *names: str) -> Iterator[str]:
    for values in (reading.resource.props, reading.resource.outputs):
        for name in names:
            value = values.get(name)
            if isinstance(value, str) and value:
                yield value

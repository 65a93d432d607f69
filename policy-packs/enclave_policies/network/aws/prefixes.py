"""Managed prefix lists: the networks that a rule or a route names by one id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.network.aws import types
from enclave_policies.network.aws.values import PUBLIC, addresses, dicts, told
from enclave_policies.network.networks import ANYWHERE, AddressSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.network.aws.references import References
    from enclave_policies.resources.resource import Resource


class Prefixes:
    """The prefix lists of a stack, each with the entries that it has inline and as resources of their own."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._lists: dict[str, AddressSet | None] = {}
        for resource in references.all(types.PREFIX_LIST):
            entries = told(resource, "entries")
            listed = entries if isinstance(entries, list | tuple) else [] if entries is None else [entries]
            blocks = dicts(listed)
            given = addresses([block.get("cidr") for block in blocks])
            self._lists[resource.urn] = given if len(blocks) == len(listed) else None
        for entry in references.all(types.PREFIX_ENTRY):
            self._entry(entry)

    def _entry(self, entry: Resource) -> None:
        found = addresses(told(entry, "cidr"))
        owner = self._references.one(entry, "prefixListId", (types.PREFIX_LIST,))
        owners = [one.urn for one in owner.found] or ([] if owner.certain else list(self._lists))
        for urn in owners:
            before = self._lists[urn]
            self._lists[urn] = None if before is None or found is None else before.union(found)

    def meant(self, resource: Resource, below: str, value: Any) -> Iterator[tuple[str, AddressSet, bool]]:
        """Yield (words, addresses, whether they are known) for each prefix list that a value names."""
        reference = self._references.of(resource, below, value, (types.PREFIX_LIST, types.ENDPOINT))
        for found in reference.found:
            if found.type == types.ENDPOINT:  # the addresses of an AWS service, which AWS alone keeps
                yield f"prefix list of endpoint {found.name}", PUBLIC, reference.certain
                continue
            entries = self._lists[found.urn]
            known = entries is not None and reference.certain
            words = f"prefix list {found.name} ({entries})" if entries is not None else f"prefix list {found.name}"
            yield words, ANYWHERE if entries is None else entries, known
        for name in reference.foreign:
            yield f"prefix list {name}, which is not of this stack,", ANYWHERE, False
        if reference.lacking:
            yield "a prefix list that is not known yet", ANYWHERE, False

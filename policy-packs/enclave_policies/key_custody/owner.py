"""Whose data a resource holds, or whose key it is: site, country and data classes, from its tags and its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.kubernetes.objects import PACKAGE, objects_of
from enclave_policies.reading.gathered import each, once
from enclave_policies.reading.stack import BUCKET_TYPES, sources
from enclave_policies.resources.latest import kept
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.shapes import parsed

if TYPE_CHECKING:
    from enclave_policies.catalog.encryption import Encryption
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

SITE: Final = "site"
DATA_CLASS: Final = "data-class"
PURPOSE: Final = "purpose"
NO_DATA: Final = "none"
LABELLED: Final = "enclave/"
"""Before a tag's name where it is the label of a Kubernetes object."""


class Owner(NamedTuple):
    """Whose something is; ``site`` None: no tag says it, ``classes`` None: nor its data classes (empty: no data)."""

    site: str | None
    country: str | None
    classes: frozenset[str] | None


@kept
def owner(reading: Reading) -> Owner:
    """Return what a resource says of itself."""
    tags = tags_of(reading)
    site, classes = tags.get(SITE), tags.get(DATA_CLASS)
    return Owner(
        site=site if isinstance(site, str) and site else None,
        country=reading.location.country,
        classes=frozenset(classes.split("+")) - {NO_DATA} if isinstance(classes, str) and classes else None,
    )


def owners(reading: Reading, known: Encryption | None, stack: Stack) -> tuple[Owner, ...]:
    """Return whose data it is: the resource's own, or that of the bucket which it is a setting of (its candidates)."""
    if known is not None and known.of is not None:
        found = tuple(owner(bucket) for bucket in buckets_of(reading, known.of, stack))
        if found:
            return found
    return (_with_ancestors(reading, stack),)


def _with_ancestors(reading: Reading, stack: Stack) -> Owner:
    """Return what a resource says of itself; what it leaves open, its parents say (some types take no tags)."""
    own, parent = owner(reading), stack.readings.get(reading.resource.parent or "")
    if own.classes is None:
        own = _in_its_namespace(own, reading, stack)
    return own if own.site is not None or parent is None else _beside(own, _said_from(parent, stack))


def _in_its_namespace(own: Owner, reading: Reading, stack: Stack) -> Owner:
    """Return what is said of a Kubernetes object; what it leaves open, its namespace says."""
    found = objects_of(reading.resource)
    namespace = _namespaces(stack).get(str(found[0].metadata("namespace"))) if found else None
    return (
        own
        if namespace is None
        else Owner(own.site or namespace.site, own.country, namespace.classes if own.classes is None else own.classes)
    )


@once
def _namespaces(stack: Stack) -> dict[str, Owner]:
    """Return what each namespace of the stack says of itself, by name."""
    found = each(stack, stack.of_package(PACKAGE), _named_namespaces)
    return {name: said for named in found for name, said in named}


def _named_namespaces(reading: Reading) -> list[tuple[str, Owner]]:
    spaces = [one for one in objects_of(reading.resource) if one.kind == "Namespace" and not one.custom]
    return [(str(one.metadata("name")), owner(reading)) for one in spaces]


def _said_from(reading: Reading, stack: Stack) -> Owner:
    """As `_with_ancestors`, of a parent; each is asked once for all of its children."""
    known, way = _said_by_parents(stack), []
    above: Reading | None = reading
    while above is not None and above.resource.urn not in known:
        said = known[above.resource.urn] = owner(above)  # kept at once: parents in a loop come back to it
        way.append((above.resource.urn, said))
        above = None if said.site is not None else stack.readings.get(above.resource.parent or "")
    found = known[above.resource.urn] if above is not None else None
    for urn, said in reversed(way):
        found = known[urn] = said if found is None or said.site is not None else _beside(said, found)
    return known[reading.resource.urn]


@once
def _said_by_parents(_stack: Stack) -> dict[str, Owner]:
    return {}


def _beside(own: Owner, parent: Owner) -> Owner:
    return Owner(parent.site, own.country, parent.classes if own.classes is None else own.classes)


def buckets_of(reading: Reading, path: str, stack: Stack) -> tuple[Reading, ...]:
    """Return the buckets of the stack that an input names; by what its value comes from, where that is not known."""
    value = reading.resource.props.get(path)
    if isinstance(value, str):
        named = stack.buckets.get(value.rpartition(":")[2])
        return (named,) if named else ()
    return tuple(from_ for from_ in sources(reading, path, stack) if from_.resource.type in BUCKET_TYPES)


def where_to_say(reading: Reading, tag: str) -> str:
    """Return how a resource is told something by a tag: types that take none have their provider's default ones."""
    if reading.resource.type in reading.law.untagged:
        return f"by the tag {tag} in the defaultTags of its provider, as its type takes no tags"
    return f"by the tag {tag}, on it, its parent or its provider"


def tags_of(reading: Reading) -> Mapping[str, Any]:
    """Return a resource's tags: its provider's default ones, below its own."""
    provider = reading.resource.provider
    given = provider.props.get("defaultTags") if provider else None
    defaults = parsed(given) if isinstance(given, str) else given
    found = dict(_map(defaults.get("tags"))) if isinstance(defaults, Mapping) else {}
    for name in ("tagsAll", "tags"):
        found.update(_map(reading.resource.props.get(name)))
    for one in objects_of(reading.resource):
        found.update(_labels(one.metadata("labels")))
    return found


def _labels(labels: Any) -> Mapping[str, Any]:
    """Return what the labels of an object say; a label's value has no ``+``, so ``_`` stands between classes."""
    if not isinstance(labels, Mapping):
        return {}
    told = {str(key): value for key, value in labels.items() if str(key).startswith(LABELLED)}
    return {
        key.removeprefix(LABELLED): value.replace("_", "+") if isinstance(value, str) else value
        for key, value in told.items()
    }


def _map(tags: Any) -> Mapping[str, Any]:
    if isinstance(tags, Mapping):
        return tags
    if isinstance(tags, list):  # an Auto Scaling group's
        return {str(tag["key"]): tag.get("value", UNKNOWN) for tag in tags if isinstance(tag, Mapping) and "key" in tag}
    return {}

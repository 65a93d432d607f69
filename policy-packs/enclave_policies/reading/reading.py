"""One walk over a resource's inputs: everything that places it or sends its data, sorted by what it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.catalog.meanings import Meaning, root_meaning
from enclave_policies.catalog.payloads import without_payload
from enclave_policies.places.placement import Location, locate, own_region
from enclave_policies.reading.claims import claims
from enclave_policies.resources.latest import of_the_latest
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.commands.containers import run_by
from enclave_policies.texts.reader import Text
from enclave_policies.texts.shapes import (
    REGION_IN_TEXT,
    from_base64,
    is_json,
    shapes,
    without_comments,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.law import Law
    from enclave_policies.resources.claim import Claim
    from enclave_policies.resources.resource import Resource
    from enclave_policies.texts.shapes import Shape

COMMANDS: Final = frozenset({"command", "commands", "entryPoint"})
DEEPEST: Final = 200
"""Levels of nesting that are read; deeper inputs are nobody's honest work, so the reading breaks off and is refused."""


REGION_KEYS: Final = "region-keys:destination"
CODES: Final = frozenset({"region", "availabilityZone", "availabilityZoneId"})
"""Inputs that take a place's code and nothing else: a truth value is as odd there as a number."""
PLACE_ROLES: Final = {"zone": "zone", "region:destination": "region", "region:link": "region", "region:place": "region"}
"""Roles of inputs that take a place's code, and what such a place is called."""
PLACELESS: Final = frozenset({"component", "builtin", "placeless"})


@dataclass(frozen=True)
class Reading:
    """What a resource says of places and of ways out.

    ``mentions`` maps a role to its claims. Roles come from the type table (``region:destination``, ``account``, …),
    from an input's name, or from the value's own shape: ``arn``, ``url``, ``aws-host``, ``s3`` (a bucket by URI),
    ``place`` (a region or zone in any other input), ``document`` (a policy with statements, parsed); ``object`` marks
    a Kubernetes object; ``text`` holds what programs will read (texts.reader.Text).

    ``broken`` names the error of a resource whose inputs could not be read. ``kind`` is the class of the resource's
    type, see catalog.kinds, None for a type that nobody catalogued; ``own_region`` the region that the resource
    itself asks for, of any type, UNKNOWN included, None when it asks for none.
    """

    resource: Resource
    law: Law
    mentions: Mapping[str, list[Claim]] = field(repr=False)
    broken: str | None = None
    kind: str | None = field(init=False)
    own_region: Any = field(init=False)

    def of(self, role: str) -> list[Claim]:
        """Return the claims of one role, sorted by path."""
        return self.mentions.get(role, [])

    @property
    def settings(self) -> Mapping[str, Any]:
        """All inputs of the resource by name: for tables that say by path what a setting means."""
        return self.resource.props

    def setting(self, name: str, absent: Any = None) -> Any:
        """Return one input of the resource, UNKNOWN where nobody knows it yet, ``absent`` where it is not there."""
        return self.resource.props.get(name, absent)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", self.law.kind(self.resource.type))
        object.__setattr__(self, "own_region", own_region(self.resource, self.law, self.kind))

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What the texts in it say that programs will read, in the order of its inputs."""
        return _claims(self)

    @cached_property
    def location(self) -> Location:
        """Where the resource itself would be."""
        return locate(self.resource, self.law)


@of_the_latest
def _claims(reading: Reading) -> tuple[Claim, ...]:
    found = claims(reading.resource, [mention.value for mention in reading.of("text")])
    return tuple(sorted(found, key=lambda claim: (claim.path, claim.block)))  # the engine's messages have no order


def read(resource: Resource, law: Law) -> Reading:
    """Read a resource's inputs. Raises RecursionError for inputs nested deeper than DEEPEST."""
    mentions: dict[str, list[Claim]] = {}
    if resource.as_provider is None and not _without_place(resource, law):
        index = _index(law)
        _walk(index.meaning(resource.type), without_payload(resource.type, resource.props), index.places, mentions)
        if resource.type.startswith("kubernetes:"):
            mentions["object"] = []
        for found in mentions.values():
            found.sort(key=attrgetter("path"))  # the engine's messages have their keys in no order
    return Reading(resource, law, mentions)


def _without_place(resource: Resource, law: Law) -> bool:
    """Whether nothing that the inputs name is acted on: groups, the engine's own, values computed inside the run."""
    kind = law.kind(resource.type)
    looks_like_component = kind is None and resource.provider is None
    return kind in PLACELESS or resource.custom is False or (looks_like_component and resource.custom is None)


class _Index:
    """What a walk looks up in a law, made once: the meanings of each type that was met, and every known place."""

    def __init__(self, law: Law) -> None:
        self.inputs = law.inputs
        self.places = frozenset({*law.regions, *law.zones})
        self.meanings: dict[str, Meaning] = {}

    def meaning(self, type_: str) -> Meaning:
        meaning = self.meanings.get(type_)
        if meaning is None:
            meaning = self.meanings[type_] = root_meaning(type_, self.inputs.get(type_, {}))
        return meaning


@lru_cache(maxsize=8)
def _index(law: Law) -> _Index:
    return _Index(law)


def _walk(  # noqa: C901, PLR0912 (the hot loop: one call less for each value)
    meaning: Meaning, value: Any, places: frozenset[str], mentions: dict[str, list[Claim]], depth: int = 0
) -> None:
    """Add what stands in one input and below it."""
    if isinstance(value, str):
        _leaf(meaning, value, places, mentions, depth)
    elif isinstance(value, dict):
        if depth > DEEPEST:
            raise RecursionError
        if "Statement" in value:
            mentions.setdefault("document", []).append(meaning.claim("document", value))
            return
        children = meaning.children
        if "secrets" in value and "environment" not in value:  # variables of a container, too
            value = {**value, "environment": []}
        for key, item in value.items():
            child = children.get(key) or meaning.child(str(key))
            if child.program and not meaning.program and not child.skip:
                _program(child, _with_secrets(item, value), value, mentions)
            if child.key in places:
                role = meaning.role if meaning.role == REGION_KEYS else "place"
                mentions.setdefault(role, []).append(meaning.claim(role, child.key))
            if child.skip:
                continue
            if isinstance(item, str):
                _leaf(child, item, places, mentions, depth + 1)
            else:
                _walk(child, item, places, mentions, depth + 1)
    elif isinstance(value, list):
        if depth > DEEPEST:
            raise RecursionError
        for item in value:
            _walk(meaning, item, places, mentions, depth + 1)
    elif meaning.role is not None and value is not None and (not isinstance(value, bool) or meaning.key in CODES):
        mentions.setdefault(meaning.role, []).append(meaning.claim(meaning.role, value))
    elif value is UNKNOWN:
        mentions.setdefault("unknown", []).append(meaning.claim("unknown", value))


def _leaf(meaning: Meaning, text: str, places: frozenset[str], mentions: dict[str, list[Claim]], depth: int) -> None:
    if not text:
        return
    found = shapes(text)
    if meaning.encoded or meaning.role == "template":
        decoded = from_base64(text)
        if decoded is not None:
            text, found = decoded, shapes(decoded)
    if meaning.program and meaning.role is None:
        _names_only(meaning, found, places, mentions, depth)
        return
    if (meaning.encoded or meaning.role == "template") and not is_json(found):
        regions = (region for region in REGION_IN_TEXT.findall(without_comments(text)) if region in places)
        mentions.setdefault("place", []).extend(meaning.claim("place", region) for region in regions)
        mentions.setdefault("text", []).append(
            meaning.claim("text", Text(meaning.key, text, meaning.path, (meaning.path,)))
        )
    if meaning.role is not None and not is_json(found):
        mentions.setdefault(meaning.role, []).append(meaning.claim(meaning.role, text))
    elif not meaning.named and text in places:
        mentions.setdefault("place", []).append(meaning.claim("place", text))
    for role, value in found:
        if role == "json":
            _walk(meaning, value, places, mentions, depth + 1)
        else:
            mentions.setdefault(role, []).append(meaning.claim(role, value))


def _with_secrets(variables: Any, container: dict[str, Any]) -> Any:
    """Return the variables of a container with those that a secret gives."""
    secrets = container.get("secrets")
    return [*variables, *secrets] if isinstance(variables, list) and isinstance(secrets, list) else variables


def _program(meaning: Meaning, value: Any, holder: dict[str, Any], mentions: dict[str, list[Claim]]) -> None:
    """Note what a program will read; each stands in a block of its own. ``holder``: the container or its like."""
    found = mentions.setdefault("text", [])
    block = (meaning.path, str(len(found)))
    found.append(meaning.claim("text", Text(meaning.key, value, meaning.path, block, command=meaning.key in COMMANDS)))
    if meaning.key in COMMANDS and "image" in holder:
        found += [meaning.claim("text", Text(meaning.key, words, meaning.path, block)) for words in run_by(holder)]


def _names_only(
    meaning: Meaning, found: tuple[Shape, ...], places: frozenset[str], mentions: dict[str, list[Claim]], depth: int
) -> None:
    """Note the ARNs and the policies in what a program will read; all else its claims tell."""
    for role, value in found:
        if role == "json":
            _walk(meaning, value, places, mentions, depth + 1)
        elif role == "arn":
            mentions.setdefault(role, []).append(meaning.claim(role, value))

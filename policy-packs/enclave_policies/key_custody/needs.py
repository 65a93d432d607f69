"""What a resource's inputs say of its keys, by the table: the keys that they name, and what is lacking."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.catalog.encryption import LACKS
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.shapes import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.catalog.encryption import Condition, Encryption

ELSEWHERE: Final = "keep the data where a customer key encrypts it"
OF_AWS: Final = re.compile(r"(?i)(?:.*:)?alias/aws/.*|aws/.*|AWS_OWNED.*|AWS_MANAGED.*")
"""Keys that AWS manages or owns, however they are named."""


@dataclass(frozen=True, slots=True)
class Use:
    """A key that an input names: a text, or UNKNOWN; ``elsewhere``: it encrypts a copy in another Region."""

    path: str
    value: Any
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Lack:
    """Why the data would not be encrypted by a customer key, and what to ``do``; ``open``: nobody can tell yet."""

    path: str
    words: str
    open: bool = False
    do: str = "name a customer key of its site"


def uses(known: Encryption, props: Mapping[str, Any]) -> Iterator[Use]:
    """Yield each customer key that the inputs name, once."""
    seen: set[tuple[str, str]] = set()
    for named in known.keys:
        if named.via:
            continue
        for value in _values(props, named.path, named.condition):
            if is_set(value) and not is_of_aws(value) and (mark := (named.path, str(value))) not in seen:
                seen.add(mark)
                yield Use(named.path, value, named.elsewhere)


def lacks(known: Encryption, props: Mapping[str, Any]) -> Iterator[Lack]:
    """Yield what keeps a customer key from encrypting the data, each reason once."""
    found = dict.fromkeys((*_missing_keys(known, props), *_wrong_settings(known, props)))
    if known.kind == "cannot" and _is_asked(props, known.condition):
        yield Lack("", f"keeps data that no customer key can encrypt: {known.words}", do=ELSEWHERE)
    yield from found


def _missing_keys(known: Encryption, props: Mapping[str, Any]) -> Iterator[Lack]:
    for named in known.keys:
        values = list(_values(props, named.path, named.condition))
        if named.via:
            if values and not any(map(is_set, values)) and named.absent in LACKS:
                yield Lack(named.path, f"has no {named.path}, which holds its key; {LACKS[named.absent]}")
            continue
        for value in values:
            if not is_set(value):
                if named.absent in LACKS:
                    yield Lack(named.path, f"names no customer key ({named.path}); {LACKS[named.absent]}")
            elif is_of_aws(value):
                yield Lack(named.path, f"names a key that AWS manages or owns ({named.path})")


def _wrong_settings(known: Encryption, props: Mapping[str, Any]) -> Iterator[Lack]:
    for setting in known.settings:
        wanted = " or ".join(sorted(setting.values))
        do = f"set {setting.path} to {wanted}"
        for value in _values(props, setting.path, setting.condition):
            if value is UNKNOWN:
                yield Lack(setting.path, f"has a setting that is not known yet ({setting.path})", open=True, do=do)
            elif value is None or value == "":  # not `false`, which is said
                if setting.absent in LACKS:
                    yield Lack(setting.path, f"does not set {setting.path} to {wanted}; {LACKS[setting.absent]}", do=do)
            elif str(value).lower() not in setting.values:
                yield Lack(setting.path, f"sets {setting.path} to something else than {wanted}", do=do)


def is_of_aws(value: Any) -> bool:
    """Return whether a text names a key of AWS's own."""
    return isinstance(value, str) and OF_AWS.fullmatch(value) is not None


def is_set(value: Any) -> bool:
    """Return whether an input is given; an unknown one is."""
    return value is UNKNOWN or value not in (None, "", False, [], {})


def at(value: Any, path: str) -> Iterator[Any]:
    """Yield every value at a dotted path, through lists and JSON texts; None for each place where it is not there."""
    if isinstance(value, str) and path:
        value = parsed(value)
    if value is UNKNOWN or not path:
        yield value
    elif isinstance(value, list):
        for item in value or [None]:
            yield from at(item, path)
    elif isinstance(value, dict):
        key, _, rest = path.partition(".")
        below = value.get(key)
        for item in below if isinstance(below, list) and not rest and below else [below]:
            yield from at(item, rest)
    else:
        yield None


def _values(props: Mapping[str, Any], path: str, condition: Condition) -> Iterator[Any]:
    if not _is_asked(props, condition):
        return
    if condition.within is None:
        yield from at(props, path)
        return
    for holder in at(props, condition.within):
        if is_set(holder) or holder == {}:
            yield from at(holder, path.removeprefix(f"{condition.within}.") if holder is not UNKNOWN else "")


def _is_asked(props: Mapping[str, Any], condition: Condition) -> bool:
    if condition.unless and any(map(is_set, at(props, condition.unless))):
        return False
    return not condition.when or any(map(is_set, at(props, condition.when)))

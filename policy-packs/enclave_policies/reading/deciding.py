"""The claim of an input that decides by itself, wherever it stands and whether or not it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.resources.claim import Claim
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.shapes import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.reading import Reading
    from enclave_policies.resources.claim import Given


def deciding(reading: Reading, path: str) -> Claim:
    """Return the claim of the input at a dotted path: what the reading knows of it, else a setting that decides.

    ``defaulted`` where it is not there: then its absence decides. ``value`` is a single truth value or number, None
    for anything else.
    """
    found = list(values_on(reading.resource.props, path))
    given = _given(found, sealed=reading.resource.sealed)
    known = (claim for role, claims in reading.mentions.items() if role != "unknown" for claim in claims)
    for claim in known:
        if claim.path == path:
            return claim._replace(value=None, given=given)
    return Claim("setting", _plain(found), path.rpartition(".")[2], path, (), "decides", given)


def values_on(value: Any, path: str) -> Iterator[Any]:
    """Yield every value at a dotted path, through lists and JSON texts; None for each place where it is not there.

    Keys may have dots themselves, as annotations do. What stands inside another text is not looked into: the text is
    the value then. UNKNOWN where nobody can tell.
    """
    if value is UNKNOWN or not path:
        yield value
    elif isinstance(value, list):
        for item in value or (None,):
            yield from values_on(item, path)
    elif isinstance(value, str):
        inside = parsed(value)
        yield from (value,) if inside is None else values_on(inside, path)
    elif isinstance(value, dict):
        keys = [key for key in value if path == key or path.startswith(f"{key}.")]
        key = max(keys, key=len, default=None)
        yield from (None,) if key is None else values_on(value[key], path[len(key) + 1 :])
    else:
        yield None


def _given(found: list[Any], *, sealed: bool) -> Given:
    if UNKNOWN in found:
        return "sealed" if sealed else "unknown"
    return "defaulted" if all(value is None for value in found) else "given"


def _plain(found: list[Any]) -> Any:
    given = [value for value in found if value is not None]
    return given[0] if len(given) == 1 and isinstance(given[0], bool | int | float) else None

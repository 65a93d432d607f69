"""Between the engine's protobuf `Struct` and plain Python values, with unknowns and secrets kept apart.

Numbers that are whole arrive as `int`. An unknown value is `UNKNOWN`. Secrets are unwrapped, and what was secret is
remembered in `Secrets`, so that everything which repeats it on the way back is wrapped again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.struct_pb2 import Struct, Value

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 # the protocol's marker, not a credential
_UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SHORT: Final = 4


class Unknown:
    """The type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Secrets:
    """Which top-level properties were secret, and the texts inside them."""

    keys: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()

    def __or__(self, other: "Secrets") -> "Secrets":
        return Secrets(self.keys | other.keys, self.texts | other.texts)

    def taint(self, key: str, value: Any) -> bool:
        """Whether `value` of property `key` is a secret or repeats one."""
        return key in self.keys or (bool(self.texts) and any(self._repeats(text) for text in _texts(value)))

    def _repeats(self, text: str) -> bool:
        # A very short secret would be found inside everything, so it must be the whole text.
        return any(secret == text or (len(secret) >= _SHORT and secret in text) for secret in self.texts)


NO_SECRETS: Final = Secrets()


def contains_unknown(value: Any) -> bool:
    """Whether `value` is, or holds at any depth, an unknown."""
    if isinstance(value, Mapping):
        return any(map(contains_unknown, value.values()))
    if isinstance(value, list):
        return any(map(contains_unknown, value))
    return value is UNKNOWN


def decode(struct: Struct) -> tuple[dict[str, Any], Secrets]:
    """The plain properties of `struct`, and what was secret in them."""
    properties, keys, texts = {}, set(), set()
    for key, value in struct.fields.items():
        found: list[Any] = []
        properties[key] = _plain(value, found)
        if found:
            keys.add(key)
            texts.update(text for secret in found for text in _texts(secret) if text)
    return properties, Secrets(frozenset(keys), frozenset(texts))


def encode(properties: Mapping[str, Any], secrets: Secrets = NO_SECRETS) -> Struct:
    """`properties` as a `Struct`; absent (None) ones are left out and tainted ones wrapped as secrets."""
    struct = Struct()
    for key, value in properties.items():
        if value is not None:
            wrapped = {_SIGNATURE: _SECRET, "value": value} if secrets.taint(key, value) else value
            struct.fields[key].CopyFrom(_value(wrapped))
    return struct


def _plain(value: Value, secrets: list[Any]) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value == _UNKNOWN_TEXT else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_plain(item, secrets) for item in value.list_value.values]
        case "struct_value":
            return _plain_object(value.struct_value, secrets)
        case _:
            return None


def _plain_object(struct: Struct, secrets: list[Any]) -> Any:
    marker = struct.fields[_SIGNATURE].string_value if _SIGNATURE in struct.fields else ""
    if marker == _SECRET:
        inner = _plain(struct.fields["value"], secrets)
        secrets.append(inner)
        return inner
    return {key: _plain(item, secrets) for key, item in struct.fields.items()}


def _value(value: Any) -> Value:
    if isinstance(value, bool):
        return Value(bool_value=value)
    if isinstance(value, int | float):
        return Value(number_value=value)
    if isinstance(value, str):
        return Value(string_value=value)
    if value is UNKNOWN:
        return Value(string_value=_UNKNOWN_TEXT)
    result = Value()
    if isinstance(value, Mapping):
        result.struct_value.SetInParent()
        for key, item in value.items():
            if item is not None:
                result.struct_value.fields[key].CopyFrom(_value(item))
    elif isinstance(value, Sequence):
        result.list_value.SetInParent()
        for item in value:
            result.list_value.values.append(_value(item))
    else:
        result.null_value = 0  # type: ignore[assignment] # the only member of the NullValue enumeration
    return result


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)

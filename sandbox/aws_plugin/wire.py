"""Between the engine's protobuf `Struct` and plain Python values, with unknowns and secrets kept apart.

Numbers that are whole arrive as `int`. An unknown value is `UNKNOWN`. Secrets are unwrapped, and what was secret is
remembered in `Secrets`, so that everything which repeats it on the way back is wrapped again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.struct_pb2 import NULL_VALUE, Struct, Value  # type: ignore[import-untyped]

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
    """Which top-level properties were secret as a whole, and the texts inside any secret."""

    keys: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()

    def __or__(self, other: "Secrets") -> "Secrets":
        return Secrets(self.keys | other.keys, self.texts | other.texts)

    def repeated_by(self, value: Any) -> bool:
        """Whether a text or number repeats a secret one."""
        text = str(value)
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
        whole = bool(found) and found[-1] is properties[key]
        inside = {text for secret in found for text in _texts(secret) if text}
        # A secret that holds no text (true, an empty list) can't be found again: then all of the property is one.
        if found and (whole or not all(any(_texts(secret)) for secret in found)):
            keys.add(key)
        texts |= inside
    return properties, Secrets(frozenset(keys), frozenset(texts))


def encode(properties: Mapping[str, Any], secrets: Secrets = NO_SECRETS) -> Struct:
    """`properties` as a `Struct`; absent (None) ones are left out, secrets and what repeats them wrapped again."""
    struct = Struct()
    for key, value in properties.items():
        if value is not None:
            encoded = _secret(_value(value)) if key in secrets.keys else _value(value, secrets)
            struct.fields[key].CopyFrom(encoded)
    return struct


def _secret(value: Value) -> Value:
    wrapped = Value()
    wrapped.struct_value.fields[_SIGNATURE].string_value = _SECRET
    wrapped.struct_value.fields["value"].CopyFrom(value)
    return wrapped


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


def _value(value: Any, secrets: Secrets = NO_SECRETS) -> Value:
    if isinstance(value, Mapping):
        result = Value()
        result.struct_value.SetInParent()
        for key, item in value.items():
            if item is not None:
                result.struct_value.fields[key].CopyFrom(_value(item, secrets))
        return result
    if isinstance(value, list | tuple):
        result = Value()
        result.list_value.SetInParent()
        for item in value:
            result.list_value.values.append(_value(item, secrets))
        return result
    scalar = _scalar(value)
    return _secret(scalar) if secrets.texts and _is_text(value) and secrets.repeated_by(value) else scalar


def _is_text(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _scalar(value: Any) -> Value:
    if isinstance(value, bool):
        return Value(bool_value=value)
    if isinstance(value, int | float):
        return Value(number_value=value)
    if isinstance(value, str):
        return Value(string_value=value)
    return Value(string_value=_UNKNOWN_TEXT) if value is UNKNOWN else Value(null_value=NULL_VALUE)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif _is_text(value):
        yield str(value)

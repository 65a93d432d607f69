"""gRPC messages made from a table when a protocol is imported: a few dozen fields need no generated code.

A table maps each message to its fields, ``name: (number, type)``. A type is ``string``, ``bytes``, ``bool``,
``double``, ``int32``, ``int64``, ``map<string, string>``, ``map<string, bytes>``, another message of the table, or one
of these behind ``repeated``. Fields that a table leaves out are kept out of sight, as protobuf keeps unknown ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from google.protobuf import (  # type: ignore[import-untyped]
    descriptor_pb2,
    descriptor_pool,
    message_factory,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_Field = descriptor_pb2.FieldDescriptorProto
_PLAIN: Final = {
    "string": _Field.TYPE_STRING,
    "bytes": _Field.TYPE_BYTES,
    "bool": _Field.TYPE_BOOL,
    "double": _Field.TYPE_DOUBLE,
    "int32": _Field.TYPE_INT32,
    "int64": _Field.TYPE_INT64,
}
_REPEATED: Final = "repeated "
_MAP: Final = "map<string, "


def classes(package: str, file: str, messages: Mapping[str, Mapping[str, tuple[int, str]]]) -> dict[str, Any]:
    """Return the class of each message; ``file`` names where the protocol is defined."""
    described = descriptor_pb2.FileDescriptorProto(name=file, package=package, syntax="proto3")
    for name, fields in messages.items():
        _describe(described.message_type.add(name=name), f".{package}", fields)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(described)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{name}")) for name in messages}


def _describe(message: Any, scope: str, fields: Mapping[str, tuple[int, str]]) -> None:
    for name, (number, kind) in fields.items():
        field = message.field.add(name=name, number=number, label=_Field.LABEL_OPTIONAL)
        if kind.startswith(_MAP):
            entry = "".join(part.capitalize() for part in name.split("_")) + "Entry"  # protobuf's name for the pairs
            pairs = message.nested_type.add(name=entry)
            pairs.options.map_entry = True
            value = kind.removeprefix(_MAP).removesuffix(">")
            _describe(pairs, scope, {"key": (1, "string"), "value": (2, value)})
            field.label, field.type = _Field.LABEL_REPEATED, _Field.TYPE_MESSAGE
            field.type_name = f"{scope}.{message.name}.{entry}"
            continue
        if kind.startswith(_REPEATED):
            field.label, kind = _Field.LABEL_REPEATED, kind.removeprefix(_REPEATED)  # noqa: PLW2901
        if kind in _PLAIN:
            field.type = _PLAIN[kind]
        else:
            field.type, field.type_name = _Field.TYPE_MESSAGE, f"{scope}.{kind}"

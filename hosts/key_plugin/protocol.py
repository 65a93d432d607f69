"""The gRPC service `v2.KeyManagementService` as Kubernetes defines it (k8s.io/kms v0.35.0, apis/v2/api.proto).

The messages are made from a table when this is imported: two dozen fields need no generated code.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import (  # type: ignore[import-untyped]
    descriptor_pb2,
    descriptor_pool,
    message_factory,
)

SERVICE = "v2.KeyManagementService"
VERSION = "v2"
HEALTHY = "ok"

_PACKAGE = "v2"
_STRING, _BYTES, _MAP = "string", "bytes", "map<string, bytes>"
# message → its fields; a field's number is its place, from 1
_MESSAGES = {
    "StatusRequest": (),
    "StatusResponse": (("version", _STRING), ("healthz", _STRING), ("key_id", _STRING)),
    "DecryptRequest": (("ciphertext", _BYTES), ("uid", _STRING), ("key_id", _STRING), ("annotations", _MAP)),
    "DecryptResponse": (("plaintext", _BYTES),),
    "EncryptRequest": (("plaintext", _BYTES), ("uid", _STRING)),
    "EncryptResponse": (("ciphertext", _BYTES), ("key_id", _STRING), ("annotations", _MAP)),
}
METHODS = ("Status", "Encrypt", "Decrypt")

_Field = descriptor_pb2.FieldDescriptorProto
_TYPES = {_STRING: _Field.TYPE_STRING, _BYTES: _Field.TYPE_BYTES, _MAP: _Field.TYPE_MESSAGE}
_ENTRY = "AnnotationsEntry"  # protobuf's name for the pairs of the map `annotations`


def _describe(message: Any, fields: tuple[tuple[str, str], ...]) -> None:
    for number, (name, kind) in enumerate(fields, start=1):
        is_map = kind == _MAP
        field = message.field.add(name=name, number=number, type=_TYPES[kind])
        field.label = _Field.LABEL_REPEATED if is_map else _Field.LABEL_OPTIONAL
        if is_map:
            field.type_name = f".{_PACKAGE}.{message.name}.{_ENTRY}"
            entry = message.nested_type.add(name=_ENTRY)
            entry.options.map_entry = True
            _describe(entry, (("key", _STRING), ("value", _BYTES)))


def _classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="k8s.io/kms/apis/v2/api.proto", package=_PACKAGE, syntax="proto3")
    for name, fields in _MESSAGES.items():
        _describe(file.message_type.add(name=name), fields)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}")) for name in _MESSAGES
    }


_CLASSES = _classes()


def request(method: str) -> Any:
    """Return the class of a method's request."""
    return _CLASSES[f"{method}Request"]


def response(method: str) -> Any:
    """Return the class of a method's response."""
    return _CLASSES[f"{method}Response"]

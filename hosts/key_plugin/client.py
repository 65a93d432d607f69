"""Asks a running plugin how it is, as kube-apiserver does; needs no HSM library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc  # type: ignore[import-untyped]

from hosts.key_plugin import protocol

if TYPE_CHECKING:
    from pathlib import Path

_TIMEOUT = 3.0  # seconds, as the API server's default


@dataclass(frozen=True)
class Health:
    """What a plugin answers; `healthz` is `ok` or the reason, `key_id` the current key."""

    healthz: str
    key_id: str

    @property
    def ok(self) -> bool:
        """Whether the token does its work."""
        return self.healthz == protocol.HEALTHY


def health(path: Path, timeout: float = _TIMEOUT) -> Health:
    """Return the answer of the plugin at a socket; a plugin that is not there is one that is not well."""
    with grpc.insecure_channel(f"unix://{path}") as channel:
        ask = channel.unary_unary(
            f"/{protocol.SERVICE}/Status",
            request_serializer=protocol.request("Status").SerializeToString,
            response_deserializer=protocol.response("Status").FromString,
        )
        try:
            answer = ask(protocol.request("Status")(), timeout=timeout)
        except grpc.RpcError as error:
            return Health(f"no plugin answers at {path} ({error.code().name})", "")
    return Health(answer.healthz, answer.key_id)

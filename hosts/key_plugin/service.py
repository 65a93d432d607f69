"""The gRPC service that kube-apiserver asks: Status, Encrypt, Decrypt."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]

from hosts.key_plugin import protocol
from hosts.key_plugin.errors import KeyPluginError, LockedError, RefusedError, UnknownKeyError, UnsafeKeyError
from hosts.key_plugin.vault import Wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from hosts.key_plugin.vault import Vault

_LOG = logging.getLogger(__name__)
_CODES = {
    LockedError: grpc.StatusCode.UNAVAILABLE,
    UnknownKeyError: grpc.StatusCode.NOT_FOUND,
    UnsafeKeyError: grpc.StatusCode.FAILED_PRECONDITION,
    RefusedError: grpc.StatusCode.INVALID_ARGUMENT,
}
_UNFORESEEN = "the plugin failed: restart it; its log names the kind of error"


class Service:
    """The three methods over one vault; a request's data is in no message and no log."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._said = ""

    def status(self, _request: Any) -> Any:
        """Return `ok` and the current key id after a test encryption, else the reason."""
        try:
            key_id, health = self._vault.prove(), protocol.HEALTHY
        except KeyPluginError as error:
            key_id, health = "", str(error)
        except Exception as error:  # noqa: BLE001  whatever it is, the answer is "not healthy"
            key_id, health = "", _unforeseen(error)
        self._tell(health, key_id)
        return protocol.response("Status")(version=protocol.VERSION, healthz=health, key_id=key_id)

    def encrypt(self, request: Any) -> Any:
        """Wrap a seed."""
        wrapped = self._vault.wrap(request.plaintext)
        return protocol.response("Encrypt")(
            ciphertext=wrapped.ciphertext, key_id=wrapped.key_id, annotations=dict(wrapped.annotations)
        )

    def decrypt(self, request: Any) -> Any:
        """Unwrap a seed."""
        wrapped = Wrapped(request.ciphertext, request.key_id, dict(request.annotations))
        return protocol.response("Decrypt")(plaintext=self._vault.unwrap(wrapped))

    def _tell(self, health: str, key_id: str) -> None:
        if (said := f"{health} {key_id}".strip()) != self._said:
            _LOG.log(logging.INFO if health == protocol.HEALTHY else logging.ERROR, "health: %s", said)
            self._said = said


def handlers(service: Service) -> Any:
    """Return the service as gRPC takes it."""
    methods = {
        name: grpc.unary_unary_rpc_method_handler(
            _guarded(name, getattr(service, name.lower())),
            request_deserializer=protocol.request(name).FromString,
            response_serializer=protocol.response(name).SerializeToString,
        )
        for name in protocol.METHODS
    }
    return grpc.method_handlers_generic_handler(protocol.SERVICE, methods)


def _guarded(name: str, method: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """Return `method` with its errors as gRPC codes, logged with the API server's id of the request."""

    def answer(request: Any, context: Any) -> Any:
        try:
            return method(request)
        except KeyPluginError as error:
            code, text = _CODES[type(error)], str(error)
        except Exception as error:  # noqa: BLE001  gRPC would log a traceback, and with it perhaps data
            code, text = grpc.StatusCode.INTERNAL, _unforeseen(error)
        _LOG.error("%s %r: %s", name, getattr(request, "uid", "")[:64], text)
        return context.abort(code, text)

    return answer


def _unforeseen(error: Exception) -> str:
    _LOG.critical("unforeseen: %s", type(error).__name__)
    return _UNFORESEEN

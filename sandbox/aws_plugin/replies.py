"""Answers in the engine's protocol: failures as one line, half-made objects, differences."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import grpc  # type: ignore[import-untyped]
from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2, status_pb2

from sandbox.aws_plugin.diff import Change
from sandbox.aws_plugin.errors import PartialCreationError, PluginError, one_line, redacted
from sandbox.aws_plugin.provider_config import STAND_IN
from sandbox.aws_plugin.resource_type import ResourceType
from sandbox.aws_plugin.values import Failure
from sandbox.aws_plugin.wire import decode, encode

Handler = TypeVar("Handler", bound=Callable[..., Any])


def quiet(handler: Handler) -> Handler:
    """Turn every failure into one line for the user, without secrets and without a traceback."""

    @wraps(handler)
    def guarded(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return handler(self, request, context)
        except PartialCreationError as error:
            reason, details = redacted(str(error), _secrets_of(request)), _partial(error, request)
        except PluginError as error:
            reason, details = redacted(str(error), _secrets_of(request)), None
        except Exception as error:  # noqa: BLE001 # the last line of defence: a bug here must not be a traceback there
            text = f"{STAND_IN}; it failed in {handler.__name__} with {type(error).__name__}: {one_line(str(error))}"
            reason, details = redacted(text, _secrets_of(request)), None
        if details is not None:
            status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason)
            details.reasons.append(reason)
            status.details.add().Pack(details)
            context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        return context.abort(grpc.StatusCode.UNKNOWN, reason)

    return guarded  # type: ignore[return-value]


def _secrets_of(request: Any) -> frozenset[str]:
    """Every secret text in a request, for blotting out."""
    texts: frozenset[str] = frozenset()
    for name in ("news", "olds", "properties", "inputs", "old_inputs", "args"):
        if isinstance(properties := getattr(request, name, None), Struct):
            texts |= decode(properties)[1].texts
    return texts


def _partial(error: PartialCreationError, request: Any) -> Any:
    """What the engine keeps of a half-made object: only what AWS told, so that the rest is made up for later."""
    inputs, secrets = decode(request.properties)
    return provider_pb2.ErrorResourceInitFailed(
        id=error.identity,
        properties=encode(recorded(error.state, error.identity), secrets),
        inputs=encode(inputs, secrets),
    )


def recorded(state: Mapping[str, Any], identity: str) -> dict[str, Any]:
    """Return a state as the engine keeps it: the official plugin repeats the id among the outputs, and packs see it."""
    return {"id": identity, **state}


def state_in(properties: Any) -> dict[str, Any]:
    """Return a state as `recorded` wrote it, without the id, which every request tells by itself."""
    found, _ = decode(properties)
    return {key: value for key, value in found.items() if key != "id"}


def failures(found: list[Failure]) -> list[Any]:
    """Failures as the engine takes them."""
    return [provider_pb2.CheckFailure(property=failure.path, reason=failure.reason) for failure in found]


def diff_response(resource: ResourceType, wanted: dict[str, Any], state: dict[str, Any], changes: list[Change]) -> Any:
    """A difference as the engine takes it: changed paths, what must be replaced, and in which order."""
    kinds = provider_pb2.PropertyDiff
    replaces = sorted({change.key for change in changes if change.replace})
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if changes else provider_pb2.DiffResponse.DIFF_NONE,
        replaces=replaces,
        diffs=sorted({change.key for change in changes}),
        hasDetailedDiff=True,
        detailedDiff={
            change.path: kinds(kind=kinds.Kind.Value(change.kind.value + ("_REPLACE" if change.replace else "")))
            for change in changes
        },
        deleteBeforeReplace=bool(replaces) and resource.keeps_name(wanted, state),
    )

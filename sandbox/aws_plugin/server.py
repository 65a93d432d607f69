"""The `ResourceProvider` service that the engine talks to."""

import json
from typing import Any

from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from sandbox.aws_plugin import lifecycle
from sandbox.aws_plugin.check import Naming, check
from sandbox.aws_plugin.connection import Connection
from sandbox.aws_plugin.contract import contract
from sandbox.aws_plugin.diff import diff
from sandbox.aws_plugin.errors import PluginError
from sandbox.aws_plugin.provider_config import STAND_IN, parse, problems
from sandbox.aws_plugin.registry import resource_type
from sandbox.aws_plugin.replies import diff_response, failures, quiet, recorded, state_in
from sandbox.aws_plugin.resource_type import ResourceType
from sandbox.aws_plugin.values import Failure
from sandbox.aws_plugin.wire import contains_unknown, decode, encode

_REPLACING_CONFIG = ("region",)


def _type_of(urn: str) -> ResourceType:
    """The table entry of a URN, whose third part ends in the resource's own type."""
    return resource_type(urn.split("::")[2].rsplit("$", 1)[-1])


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One provider of one engine run."""

    def __init__(self) -> None:
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """The configured way to AWS."""
        if self._connection is None:
            raise PluginError(f"{STAND_IN}; it was asked for a resource before it was configured")
        return self._connection

    @quiet
    def Handshake(self, _request: Any, _context: Any) -> Any:  # noqa: N802 # the names are gRPC's
        """Say which kinds of values we take."""
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=False, accept_outputs=False, supports_autonaming_configuration=True
        )

    @quiet
    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Say the version of the SDK whose types we serve."""
        return plugin_pb2.PluginInfo(version=contract().version)

    @quiet
    def GetSchema(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """No more schema than the engine needs to know us by: programs bring the official SDK."""
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": "aws", "version": contract().version}))

    @quiet
    def CheckConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Refuse any configuration that leaves this machine."""
        given, _ = decode(request.news)
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures(problems(given)))

    @quiet
    def DiffConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Another region is another provider; endpoints and credentials may change in place."""
        old, _ = decode(request.old_inputs)
        if not old:
            old, _ = decode(request.olds)
        new, _ = decode(request.news)
        changed = sorted(key for key in {*old, *new} if not key.startswith("__") and old.get(key) != new.get(key))
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=changed,
            replaces=[key for key in changed if key in _REPLACING_CONFIG],
        )

    @quiet
    def Configure(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Take the configuration, after a second look at the endpoints."""
        given, _ = decode(request.args)
        found = problems(given)
        if contains_unknown(given):
            found.append(Failure("provider", "has an unknown setting"))
        if found:
            raise PluginError("; ".join(f"{failure.path}: {failure.reason}" for failure in found))
        self._connection = Connection(parse(given))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True,
            supportsPreview=True,
            acceptResources=False,
            acceptOutputs=False,
            supports_autonaming_configuration=True,
        )

    @quiet
    def Check(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Complete and judge a resource's inputs."""
        resource = _type_of(request.urn)
        news, secrets = decode(request.news)
        olds, _ = decode(request.olds)
        modes = provider_pb2.CheckRequest.AutonamingOptions
        options = request.autonaming
        naming = Naming(
            resource=request.name or request.urn.rsplit("::", 1)[-1],
            seed=request.randomSeed,
            proposed=options.proposed_name if request.HasField("autonaming") else "",
            disabled=request.HasField("autonaming") and options.mode == modes.DISABLE,
        )
        inputs, found = check(resource, news, olds, naming, self.connection.config)
        return provider_pb2.CheckResponse(inputs=encode(inputs, secrets), failures=failures(found))

    @quiet
    def Diff(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Say what changes, and whether in place."""
        resource = _type_of(request.urn)
        state = state_in(request.olds)
        before, _ = decode(request.old_inputs)
        wanted, _ = decode(request.news)
        ignored = tuple(request.ignoreChanges)
        changes = [c for c in diff(resource, state, before, wanted) if c.key not in ignored and c.path not in ignored]
        return diff_response(resource, wanted, state, changes)

    @quiet
    def Create(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Create, or predict a creation."""
        resource = _type_of(request.urn)
        inputs, secrets = decode(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(
                properties=encode(lifecycle.predicted(resource, inputs, {}, {}), secrets)
            )
        identity, state = lifecycle.create(resource, self.connection, inputs)
        return provider_pb2.CreateResponse(id=identity, properties=encode(recorded(state, identity), secrets))

    @quiet
    def Read(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Look an object up again, or import it; an empty id says that it is gone."""
        resource = _type_of(request.urn)
        _, secrets = decode(request.properties)
        state = state_in(request.properties)
        inputs, more = decode(request.inputs)
        found = lifecycle.read(resource, self.connection, request.id, state, inputs)
        if found is None:
            return provider_pb2.ReadResponse()
        identity, after, refreshed = found
        return provider_pb2.ReadResponse(
            id=identity,
            properties=encode(recorded(after, identity), secrets | more),
            inputs=encode(refreshed, secrets | more),
        )

    @quiet
    def Update(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Update in place, or predict an update."""
        resource = _type_of(request.urn)
        state = state_in(request.olds)
        before, _ = decode(request.old_inputs)
        wanted, secrets = decode(request.news)
        if request.preview:
            after = lifecycle.predicted(resource, wanted, state, before)
        else:
            after = lifecycle.update(resource, self.connection, request.id, state, before, wanted)
        return provider_pb2.UpdateResponse(properties=encode(recorded(after, request.id), secrets))

    @quiet
    def Delete(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Delete an object."""
        state = state_in(request.properties)
        before, _ = decode(request.old_inputs)
        lifecycle.delete(_type_of(request.urn), self.connection, request.id, state, before)
        return empty_pb2.Empty()

    @quiet
    def Invoke(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """No function is served."""
        raise PluginError(
            f"{STAND_IN} and serves no functions, so not {request.tok} either; "
            "pass the value in, or use the official AWS plugin"
        )

    @quiet
    def GetMapping(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """No other tool's configuration is translated."""
        return provider_pb2.GetMappingResponse()

    @quiet
    def GetMappings(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """No other tool's configuration is translated."""
        return provider_pb2.GetMappingsResponse()

    @quiet
    def Parameterize(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """There is only one AWS."""
        raise PluginError(f"{STAND_IN}, which takes no parameters")

    @quiet
    def Construct(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """No component is served."""
        raise PluginError(f"{STAND_IN} and serves no components, so not {request.type} either")

    @quiet
    def Call(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """No method is served."""
        raise PluginError(f"{STAND_IN} and serves no methods, so not {request.tok} either")

    @quiet
    def Cancel(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Calls end by themselves within seconds."""
        return empty_pb2.Empty()

    @quiet
    def Attach(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """The engine's address is not used."""
        return empty_pb2.Empty()

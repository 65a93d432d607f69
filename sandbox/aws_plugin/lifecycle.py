"""Create, read, update and delete any row of the tables."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.aws_plugin import reading, tags
from sandbox.aws_plugin.answers import at
from sandbox.aws_plugin.connection import Connection
from sandbox.aws_plugin.contract import contract
from sandbox.aws_plugin.diff import diff, input_keys, spec_of
from sandbox.aws_plugin.equivalence import equivalent
from sandbox.aws_plugin.errors import AwsError, PartialCreationError, PluginError
from sandbox.aws_plugin.reading import refreshed_inputs
from sandbox.aws_plugin.resource_type import ResourceType, Scope, Update
from sandbox.aws_plugin.wire import UNKNOWN

Properties = Mapping[str, Any]


def predicted(resource: ResourceType, inputs: Properties, state: Properties, before: Properties) -> dict[str, Any]:
    """A preview's outputs: what is wanted, what is known already, and unknown whatever only AWS can say."""
    changed = {change.key for change in diff(resource, state, before, inputs)} if state else set()
    properties = {}
    for key in contract().outputs(resource.token):
        value = inputs.get(key)
        if value is None and not _is_plain_input(resource, key):
            moved = changed.intersection(resource.moves.get(key, ()))
            value = state.get(key) if state and not moved else UNKNOWN
        if value is not None:
            properties[key] = value
    return properties


def _is_plain_input(resource: ResourceType, key: str) -> bool:
    """Whether an output only repeats an input, so that it is absent when the input is."""
    return key in input_keys(resource) and not spec_of(resource, key).computed


def create(resource: ResourceType, connection: Connection, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """The id and properties of a new object."""
    scope = Scope(resource, connection, inputs)
    answer = scope.run(resource.create)
    scope = scope.with_id(_identity(resource, answer or {}, scope))
    try:
        if resource.after_create:
            scope.run(resource.after_create)
        for update in _updates(resource):
            if update.at_create and _differs_from_fresh(update, scope):
                scope.run(update.step)
        state = reading.observe(scope)
    except PluginError as error:
        raise PartialCreationError(str(error), scope.id, _as_far_as_made(scope)) from None
    if state is None:
        raise PartialCreationError(f"{resource.token} {scope.id} was created, but can't be read back", scope.id, {})
    return scope.id, state


def _as_far_as_made(scope: Scope) -> dict[str, Any]:
    """The properties of a half-made object, as far as they can be read."""
    try:
        return reading.observe(scope) or {}
    except PluginError:
        return {}


def _identity(resource: ResourceType, answer: Mapping[str, Any], scope: Scope) -> str:
    identity = resource.identity
    if not isinstance(identity, str):
        return identity(answer, scope)
    return str(scope.fill(identity) if identity.startswith("$") else at(answer, identity))


def _updates(resource: ResourceType) -> tuple[Update, ...]:
    return (*resource.updates, *((tags.update_of(resource.tagging),) if resource.tagging else ()))


def _differs_from_fresh(update: Update, scope: Scope) -> bool:
    """Whether the program wants something that a new object does not have by itself."""
    return any(
        scope.inputs.get(key) is not None
        and not equivalent(scope.inputs[key], update.fresh.get(key), spec_of(scope.type, key))
        for key in update.on
    )


def update(  # noqa: PLR0917 # what the engine knows of one object
    resource: ResourceType,
    connection: Connection,
    identity: str,
    state: Properties,
    before: Properties,
    wanted: Properties,
) -> dict[str, Any]:
    """The properties of an object after its changed inputs were applied."""
    changed = frozenset(change.key for change in diff(resource, state, before, wanted))
    scope = Scope(resource, connection, wanted, state, identity, changed)
    for step in _updates(resource):
        if changed.intersection(step.on):
            scope.run(step.step)
    after = reading.observe(scope)
    if after is None:
        raise PluginError(f"{resource.token} {identity} is gone; run `pulumi refresh`, then try again")
    return after


def read(
    resource: ResourceType, connection: Connection, identity: str, state: Properties, before: Properties
) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
    """The id, properties and inputs of an object, None when it is gone; without a state this is an import."""
    scope = Scope(resource, connection, before, state, identity)
    found = scope if state else _imported(scope)
    after = reading.observe(found) if found else None
    if found is None or after is None:
        return None
    return found.id, after, refreshed_inputs(resource, after, before)


def _imported(scope: Scope) -> Scope | None:
    """The scope of an import, None for an id of another form: `id@region` names another region than the provider's."""
    identity, _, region = scope.id.partition("@")
    regional = {"region": region} if region and "region" in contract().inputs(scope.type.token) else {}
    # What the program wrote must not pass for what AWS has: only the seeds count.
    parts = scope.type.import_id.parts(identity) if scope.type.import_id else {}
    if parts is None:
        return None
    scope = replace(scope, id=identity, state={**parts, **regional}, inputs={})
    seeds = {**parts, **(scope.type.imports(identity, scope) if scope.type.imports else {})}
    identity = seeds.pop("id", identity)
    return replace(scope, id=identity, state={**seeds, **regional})


def delete(
    resource: ResourceType, connection: Connection, identity: str, state: Properties, before: Properties
) -> None:
    """Delete an object; one that is gone already counts as deleted."""
    if resource.delete is None:
        return
    try:
        Scope(resource, connection, before, state, identity).run(resource.delete)
    except AwsError as error:
        if error.code not in resource.read.gone:
            raise

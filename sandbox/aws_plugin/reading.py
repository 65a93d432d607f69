"""From AWS's answers to the engine's properties."""

from collections.abc import Mapping
from typing import Any

from sandbox.aws_plugin import tags
from sandbox.aws_plugin.answers import at
from sandbox.aws_plugin.contract import contract
from sandbox.aws_plugin.diff import input_keys, spec_of
from sandbox.aws_plugin.equivalence import equivalent, is_empty, settled
from sandbox.aws_plugin.errors import AwsError
from sandbox.aws_plugin.naming import aws_name
from sandbox.aws_plugin.resource_type import ResourceType, Scope
from sandbox.aws_plugin.values import from_aws


def observe(scope: Scope) -> dict[str, Any] | None:
    """The properties of the object as AWS has it now, None when it is gone."""
    read = scope.type.read
    try:
        item = at(scope.run(read.step), read.item)
        if item is None:
            return None
        return _properties(item, scope)
    except AwsError as error:
        if error.code in read.gone:
            return None
        raise


def _properties(item: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    resource = scope.type
    properties: dict[str, Any] = {}
    for key, notation in contract().outputs(resource.token).items():
        if resource.tagging and key in ("tags", "tagsAll"):
            continue
        answer = from_aws(_answer(item, key, scope), notation)
        properties[key] = settled(answer, scope.get(key), spec_of(resource, key))
    if resource.tagging:
        carried = resource.tagging.read(item, scope)
        properties |= tags.split(carried, scope.get("tags"), scope.connection.config)
    return {key: value for key, value in properties.items() if value is not None}


def _answer(item: Mapping[str, Any], key: str, scope: Scope) -> Any:
    spec = scope.type.inputs.get(key)
    if key in scope.type.outputs:
        output = scope.type.outputs[key]
        return at(item, output) if isinstance(output, str) else output(item, scope)
    if key == "region":
        return scope.region
    if spec and spec.kept:
        known = scope.get(key)
        return spec.default if known is None else known
    return item.get(aws_name(key))


def refreshed_inputs(resource: ResourceType, state: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that would make this state: as the program wrote them where they hold, else as AWS has them."""
    inputs = {key: value for key, value in before.items() if key.startswith("__")}
    for key in input_keys(resource):
        spec, known, wrote = spec_of(resource, key), state.get(key), before.get(key)
        if key in before and equivalent(wrote, known, spec):
            inputs[key] = wrote
        elif key in before or not (is_empty(known) or (spec.computed and before)):
            inputs[key] = known
    if not before:
        inputs.pop("tagsAll", None)  # of an import: check makes it of the tags
    return {key: value for key, value in inputs.items() if value is not None}

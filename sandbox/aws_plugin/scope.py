"""What a step of the tables gets: the resource at hand and its way to AWS."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.aws_plugin.answers import at
from sandbox.aws_plugin.connection import Connection
from sandbox.aws_plugin.errors import AwsError
from sandbox.aws_plugin.resource_type import Call, ResourceType, Step


@dataclass(frozen=True)
class Scope:
    """One resource in one operation: its type, id, wanted properties (`inputs`) and known ones (`state`)."""

    type: ResourceType
    connection: Connection
    inputs: Mapping[str, Any]
    state: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    changed: frozenset[str] = frozenset()

    @property
    def region(self) -> str:
        """The resource's own region, else its provider's."""
        return self.inputs.get("region") or self.state.get("region") or self.connection.config.region

    @property
    def account(self) -> str:
        """The id of the account whose credentials are used."""
        return self.connection.account()

    def get(self, name: str) -> Any:
        """A property: the wanted value, else the known one."""
        value = self.inputs.get(name)
        return self.state.get(name) if value is None else value

    def with_id(self, identity: str) -> "Scope":
        """The same scope once the id is known."""
        return replace(self, id=identity)

    def run(self, step: Step) -> Any:
        """The answer of a step."""
        if not isinstance(step, Call):
            return step(self)
        try:
            return self.call(step.operation, service=step.service, **_dropped(self.fill(step.parameters)))
        except AwsError as error:
            if error.code in step.accept:
                return {}
            raise

    def call(self, operation: str, service: str = "", **parameters: Any) -> Any:
        """The answer of one boto3 operation; parameters that are None are left out."""
        return self.connection.call(service or self.type.service, self.region, operation, **_dropped(parameters))

    def fill(self, template: Any) -> Any:
        """A template with its references replaced; see `resource_type`."""
        if isinstance(template, str) and template.startswith("$"):
            return self._reference(template[1:])
        if isinstance(template, Mapping):
            return _dropped({key: self.fill(value) for key, value in template.items()})
        if isinstance(template, list | tuple):
            return [filled for value in template if (filled := self.fill(value)) is not None]
        return template(self) if callable(template) else template

    def _reference(self, name: str) -> Any:
        if name == "id":
            return self.id
        if name == "region":
            return self.region
        value = at(self.inputs, name)
        return at(self.state, name) if value is None else value


def _dropped(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in parameters.items() if value is not None}

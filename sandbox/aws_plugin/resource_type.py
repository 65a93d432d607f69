"""The vocabulary of the tables: how one resource type is created, read, updated and deleted through boto3.

A `Call` is a boto3 operation with a template of its parameters. In a template `"$name"` stands for the property of that
name and is dropped with its key when absent; `"$id"`, `"$region"` stand for themselves; a function gets the `Scope`.
Where one call does not do, a step may be a function of the `Scope`: the resource at hand and its way to AWS.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.aws_plugin.answers import at
from sandbox.aws_plugin.connection import Connection
from sandbox.aws_plugin.errors import AwsError
from sandbox.aws_plugin.import_id import ImportId
from sandbox.aws_plugin.inputs import Input


@dataclass(frozen=True)
class Call:
    """One boto3 operation. Codes in `accept` count as success (the answer is then empty)."""

    operation: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    accept: tuple[str, ...] = ()
    service: str = ""


Step = Call | Callable[["Scope"], Any]
Output = str | Callable[[Mapping[str, Any], "Scope"], Any]


@dataclass(frozen=True)
class Update:
    """A step that brings the properties in `on` to what is wanted.

    It also runs at creation, if one of them differs from what a fresh object has (`fresh`; absent means empty), unless
    the create step sets it already (`at_create=False`).
    """

    on: tuple[str, ...]
    step: Step
    fresh: Mapping[str, Any] = field(default_factory=dict)
    at_create: bool = True


@dataclass(frozen=True)
class Read:
    """How the object is found again: the answer's part at `item`, such as `Vpcs[0]`; `gone` are codes of absence."""

    step: Step
    item: str = ""
    gone: tuple[str, ...] = ()


@dataclass(frozen=True)
class AutoName:
    """Which property is named automatically (`name-1a2b3c4`), after the resource's own name."""

    key: str = "name"
    prefix_key: str = "namePrefix"
    template: str = "{}"
    longest: int = 255
    lower: bool = False

    def adapted(self, name: str) -> str:
        """`name` in the characters that AWS allows here."""
        return name.lower() if self.lower else name


@dataclass(frozen=True)
class Tagging:
    """How tags are read from an object and changed on it; `write` and `remove` get them in the scope (see `tags`)."""

    read: Callable[[Mapping[str, Any], "Scope"], Mapping[str, str]]
    write: Callable[["Scope", Mapping[str, str]], Any]
    remove: Callable[["Scope", Sequence[str]], Any]
    at_create: bool = True


@dataclass(frozen=True)
class ResourceType:
    """One row of the tables. `identity` is the path of the id in the create answer, or a `$property`, or a function.

    outputs: properties that do not simply carry AWS's name; a path into the item, or a function of item and scope.
    after_create: a second step, once the id is known; when it fails, the engine remembers a half-made object.
    moves: outputs that an update of these inputs changes, hence unknown in its preview.
    import_id: the properties that an import id is made of, where it is no plain id.
    imports: from an import id to what else `read` needs, `id` among it where that is another one.
    """

    token: str
    service: str
    inputs: Mapping[str, Input]
    create: Step
    identity: str | Callable[[Mapping[str, Any], "Scope"], str]
    read: Read
    delete: Step | None
    updates: tuple[Update, ...] = ()
    outputs: Mapping[str, Output] = field(default_factory=dict)
    auto_name: AutoName | None = None
    tagging: Tagging | None = None
    after_create: Step | None = None
    moves: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    import_id: ImportId | None = None
    imports: Callable[[str, "Scope"], Mapping[str, Any]] | None = None

    def keeps_name(self, wanted: Mapping[str, Any], state: Mapping[str, Any]) -> bool:
        """Whether a replacement would have the name of the old object, which must then go first."""
        return self.auto_name is not None and wanted.get(self.auto_name.key) == state.get(self.auto_name.key)


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
        """A template with its references replaced; see the head of this file."""
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

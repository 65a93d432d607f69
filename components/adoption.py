"""Takes objects that were there before the enclave into its stack, with links among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.adopted import Adopted


class Adoption:
    """Takes what exists into a stack, each with real links to the resources that it names."""

    def __init__(self, objects: Mapping[str, Sequence[Adopted]]) -> None:
        self.objects = objects
        self.made: dict[tuple[str, str], pulumi.Resource] = {}
        if objects:
            pulumi.runtime.register_stack_transformation(self._note)

    def _note(self, args: pulumi.ResourceTransformationArgs) -> None:
        self.made[args.type_, args.name] = args.resource

    def into(self, site: str, region: pulumi.Resource) -> None:
        """Import what was adopted on a site, by its provider; it stays in the cloud whatever becomes of the stack."""
        for one in self.objects.get(site, ()):
            stays = pulumi.ResourceOptions(parent=region, import_=one.id, protect=True, retain_on_delete=True)
            pulumi.CustomResource(one.type, one.name, self._linked(one.inputs, one), stays)

    def _linked(self, value: Any, one: Adopted) -> Any:
        if isinstance(value, dict):
            return {key: self._linked(item, one) for key, item in value.items()}
        if isinstance(value, list):
            return [self._linked(item, one) for item in value]
        if not isinstance(value, str) or value not in one.sources:
            return value
        type_, name, output = one.sources[value]
        source = self.made.get((type_, name))
        if source is None:
            told = f"{one.name} ({one.type}) was adopted with {name} ({type_}), which this stack has no more"
            raise pulumi.RunError(f"{told}; adopt it again")
        return getattr(source, output)

"""The program's own guard: the packs' rules, asked by the program itself, so that a forgotten pack changes nothing.

In a preview every refusal is shown and the run fails at its end, so that packs see the whole plan too. In an update the
declared sites are judged before the first resource, and a refused resource ends the program at once.
"""

from __future__ import annotations

import atexit
import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pulumi
from enclave_policies.identifiers.urns import urn_of
from enclave_policies.judging.judge import judge, judge_in_stack, judge_reading, try_read
from enclave_policies.judging.packs import EVERY
from enclave_policies.places.placement import KUBERNETES, locate
from enclave_policies.places.regions import refused_region
from enclave_policies.reading.stack import Stack
from enclave_policies.resources.resource import UNKNOWN, Provider, Resource
from pulumi.runtime import is_dry_run, register_resource_transform, register_stack_transformation

from components.declaration import AwsSite
from console import refusals
from console.objections import objections_to_sites, wrong_country
from located_yaml import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.law import Law
    from enclave_policies.reading.reading import Reading

    from components.clouds import Clouds
    from components.declaration import Declaration

# The exit code by which a program says that it has told the user already (pulumi-language-python-exec).
already_reported = 32


def refused_sites(declaration: Declaration, clouds: Clouds, law: Law, stack: str) -> list[str]:
    """Return why sites may not be where they are declared to be; empty when all may.

    Judges what each site's provider will be, and that the declared country is the one that the law knows.
    """
    messages = [objection.message for objection in objections_to_sites(declaration, law, stack)]
    for name, site in declaration.sites.items():
        if not site.provisioned or isinstance(site, AwsSite):
            continue
        cluster = clouds.clusters[name]
        props = {"kubeconfig": cluster.kubeconfig, **({"context": cluster.context} if cluster.context else {})}
        provider = Resource(f"site {name}", KUBERNETES, f"{name}-kubernetes", props, custom=True)
        messages += [finding.message for finding in judge(provider, law, EVERY.rules) if finding.refuses]
        country = locate(provider, law).country
        if country is not None and country != site.country:
            messages.append(wrong_country(name, site.country, country))
    return messages


class Guard:
    """Judges each resource that the program registers, and at its end the whole; ``refusals`` are the messages so far.

    So the preview refuses also what only the whole stack shows, before anything exists.
    """

    def __init__(self, law: Law, stack: str = "") -> None:
        self.law = law
        self.stack = stack
        self.refusals: dict[str, None] = {}
        self.providers: dict[tuple[str, str], Provider] = {}
        self.refused_providers: set[str] = set()
        self.readings: list[Reading] = []
        self.given: dict[tuple[str, str], Mapping[str, Any]] = {}

    def install(self, refused: list[str]) -> None:
        """Judge everything from now on; ``refused`` are refusals of declared sites."""
        if refused and not is_dry_run():
            refusals.hand_over(*refused)
            raise pulumi.RunError("\n".join(refused))
        register_stack_transformation(self.note)
        register_resource_transform(self.transform)
        atexit.register(self.conclude)
        for message in refused:
            self.refuse(message)

    async def transform(self, args: pulumi.ResourceTransformArgs) -> None:
        """Judge one resource; ends the program when it is refused in an update."""
        try:
            await self.judge(args)
        except Exception as error:  # noqa: BLE001  whatever broke: fail closed, without a trace
            self.refuse(
                f"{args.name} ({args.type_}) could not be judged by the program's guard ({type(error).__name__})"
            )
        if self.refusals and not is_dry_run():
            os._exit(already_reported)

    async def judge(self, args: pulumi.ResourceTransformArgs) -> None:
        """Note what the rules refuse about one resource."""
        resource = await self.resource(args)
        if resource.as_provider is not None:
            self.providers[resource.type, resource.name] = resource.as_provider
        reading = try_read(resource, self.law)
        self.readings.append(try_read(await self.in_stack(resource), self.law))
        if (abroad := imported_from(args.opts, self.law)) is not None:
            self.refuse(
                f"{args.name} ({args.type_}) would be imported from {abroad}; import it from an approved region"
            )
        findings = [finding for finding in judge_reading(reading, EVERY.rules) if finding.refuses]
        if findings and resource.as_provider is not None:
            self.refused_providers.add(resource.name)
        for finding in findings:
            self.refuse(finding.message, shown=not self.told(resource))

    def told(self, resource: Resource) -> bool:
        """Whether the user knows already that this resource is refused: with its provider."""
        return resource.provider is not None and resource.provider.name in self.refused_providers

    def refuse(self, message: str, *, shown: bool = True) -> None:
        """Note a refusal, and show it once."""
        message = visible(message)
        if shown and message not in self.refusals:
            pulumi.log.error(message)
            refusals.hand_over(message)
        self.refusals[message] = None

    def conclude(self) -> None:
        """Ask the rules that need the whole stack, and let the run fail when anything was refused."""
        stack = Stack(self.readings, self.stack)
        for reading in stack.readings.values():
            for finding in judge_in_stack(reading, stack, EVERY.rules):
                if finding.refuses:
                    self.refuse(finding.message, shown=not self.told(reading.resource))
        if self.refusals:
            os._exit(already_reported)

    async def resource(self, args: pulumi.ResourceTransformArgs) -> Resource:
        """Return what the engine asks about as the rules' plain data."""
        provider = None
        reference = getattr(args.opts, "provider", None)
        if reference is not None:
            provider = self.providers.get(_type_and_name(await reference.urn.future()))
        props = await plain(args.props)
        return Resource(
            _urn(args.type_, args.name),
            args.type_,
            args.name,
            props,
            provider,
            custom=args.custom,
        )

    def note(self, args: pulumi.ResourceTransformationArgs) -> None:
        """Keep what the program gives a resource: the engine does not tell its transforms where values come from."""
        self.given[args.type_, args.name] = args.props

    async def in_stack(self, resource: Resource) -> Resource:
        """Return the resource as the whole stack's rules see it: with where its values come from, and not the values.

        Only the engine knows the ids of other resources.
        """
        given = self.given.pop((resource.type, resource.name), {})
        depends = {name: names for name, value in given.items() if (names := await sources(value))}
        told = {camel_case(name): await blurred(given[name]) for name in depends}
        return replace(
            resource,
            props={**resource.props, **told},
            depends={camel_case(name): names for name, names in depends.items()},
        )


def imported_from(options: pulumi.ResourceOptions, law: Law) -> str | None:
    """Return in words the foreign region that an import id names (``vpc-1@us-east-1``), which no pack ever sees."""
    imported = getattr(options, "import_", None)
    if not isinstance(imported, str) or "@" not in imported:
        return None
    refusal = refused_region(imported.rpartition("@")[2], law)
    return None if refusal is None else refusal.words


def camel_case(name: str) -> str:
    """Return the name of an input as the engine knows it."""
    return re.sub(r"(?<=.)_([a-z0-9])", lambda found: found[1].upper(), name)


async def sources(value: Any) -> tuple[str, ...]:
    """Return the guard's names of the resources that an input's value comes from, sorted."""
    found: set[str] = set()
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, pulumi.Output):
            for resource in await item.resources():
                found.add(_urn(*_type_and_name(await resource.urn.future())))
            if await item.is_known():
                pending.append(await item.future())
        elif isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
        elif hasattr(type(item), "_pulumi_input_type"):  # an input of several parts, as the SDKs generate them
            pending.extend(vars(item).values())
    return tuple(sorted(found))


def _urn(type_: str, name: str) -> str:
    """Return what the guard calls a resource: as its URN, but for the types of its parents, which the engine knows."""
    return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{type_}::{name}"


def _type_and_name(urn: str | None) -> tuple[str, str]:
    """Return the type and the name that a provider's URN ends with."""
    parts = urn_of(urn or "")
    return parts.type, parts.name


async def blurred(value: Any) -> Any:
    """Return an input as the rules read it, UNKNOWN in the place of whatever comes from another resource."""
    if isinstance(value, pulumi.Output):
        return UNKNOWN if await value.resources() else await plain(value)
    if isinstance(value, dict):
        return {key: await blurred(item) for key, item in value.items()}
    if isinstance(value, list):
        return [await blurred(item) for item in value]
    if hasattr(type(value), "_pulumi_input_type"):
        return {camel_case(name): await blurred(item) for name, item in vars(value).items() if item is not None}
    return value


async def plain(value: Any) -> Any:
    """Return transform properties as the rules read them: dicts, lists, scalars and UNKNOWN, secrets unwrapped."""
    if isinstance(value, pulumi.Output):
        return await plain(await value.future()) if await value.is_known() else UNKNOWN
    if isinstance(value, pulumi.output.Unknown):
        return UNKNOWN
    if isinstance(value, dict):
        return {key: await plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [await plain(item) for item in value]
    return value

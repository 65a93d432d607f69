"""Mocks that record what components register: for their shape only, never as the proof that something works."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi.runtime import Mocks, set_mocks
from pulumi.runtime.stack import wait_for_rpcs

from components.clouds import Clouds, ClusterAccess, OrganizationAccess
from components.enclave import EnclaveArgs
from components.guardrails import Guardrails
from components.stack import build
from tests.components.open_loops import collect_open_loops

if TYPE_CHECKING:
    import pulumi

    from components.declaration import Declaration

clouds = Clouds(
    "http://127.0.0.1:1",
    {"hamar": ClusterAccess("a" * 64, "{}")},
    OrganizationAccess("111122223333", "eu-west-1", "r-abcd"),
)
_named = {"metadata": {"name": "jurisdiction-images"}, "spec": {}}
guardrails = Guardrails({"jurisdiction-1": "{}"}, {"hamar": [(_named, _named)]})


@dataclass(frozen=True)
class Registered:
    """One resource as it was registered."""

    type: str
    name: str
    inputs: dict[str, Any]
    provider: str


class Recorder(Mocks):
    """Answers each registration with its own inputs and an id."""

    def __init__(self, late: str) -> None:
        self.resources: list[Registered] = []
        self.late = late

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Record a resource and return an id and made-up outputs."""
        if args.typ == self.late:
            time.sleep(1)
        self.resources.append(Registered(args.typ, args.name, args.inputs, args.provider or ""))
        made_up = {
            "arn": f"arn:aws:x:eu-west-1:111122223333:{args.name}",
            "dnsName": "x.example",
            "latestVersion": 1,
            "transitGatewayAttachmentId": f"{args.name}-{args.typ.rpartition(':')[2]}-attachment",
        }
        return f"{args.name}-id", {**made_up, **args.inputs}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        """Refuse: components read nothing."""
        raise AssertionError(f"components use no invokes, but {args.token} was called")


def shape(declaration: Declaration, *, late: str = "") -> list[Registered]:
    """Return everything that the enclave of a declaration registers.

    Resources of the type ``late`` take long to make, so that whatever does not wait for them comes first.
    """
    recorder = Recorder(late)

    async def made() -> None:
        set_mocks(recorder, project="enclave", stack="test", preview=False)
        build(EnclaveArgs(declaration, clouds, guardrails))
        await wait_for_rpcs()

    asyncio.run(made())
    collect_open_loops()
    return recorder.resources

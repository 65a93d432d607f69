"""Mocks that record what components register: for their shape only, never as the proof that something works."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pulumi.runtime import Mocks, set_mocks
from pulumi.runtime.mocks import MockMonitor
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
    """One resource as it was registered; ``behind``: the URNs of all that the engine makes before it in any case."""

    type: str
    name: str
    inputs: dict[str, Any]
    provider: str
    urn: str = ""
    behind: frozenset[str] = frozenset()


class Recorder(Mocks):
    """Answers each registration with its own inputs and an id."""

    def __init__(self) -> None:
        self.resources: list[Registered] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Record a resource and return an id and made-up outputs."""
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


class Waiting(MockMonitor):
    """Notes what each registration waited for: its parent, what it names, what it depends on, and what those did."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder)
        self.urns: dict[tuple[str, str], str] = {}
        self.behind: dict[str, frozenset[str]] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 (the SDK's name)
        """Register a resource, and note what is made before it."""
        answer: Any = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        before = {*request.dependencies, request.parent} & self.behind.keys()
        self.urns[request.type, request.name] = answer.urn
        self.behind[answer.urn] = frozenset(before).union(*(self.behind[each] for each in before))
        return answer


def shape(declaration: Declaration) -> list[Registered]:
    """Return everything that the enclave of a declaration registers, by type and name: its own order differs."""
    recorder = Recorder()
    monitor = Waiting(recorder)

    async def made() -> None:
        set_mocks(recorder, project="enclave", stack="test", preview=False, monitor=monitor)
        build(EnclaveArgs(declaration, clouds, guardrails))
        await wait_for_rpcs()

    asyncio.run(made())
    collect_open_loops()
    return [
        replace(one, urn=(urn := monitor.urns[one.type, one.name]), behind=monitor.behind[urn])
        for one in sorted(recorder.resources, key=lambda each: (each.type, each.name))
    ]

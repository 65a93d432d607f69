"""The resources that our own components register for a declaration, as a plan and as a state would show them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from enclave_policies.resources.resource import UNKNOWN, Provider, Resource
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]
from pulumi.runtime import set_mocks
from pulumi.runtime.mocks import MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.rpc import UNKNOWN as WRITTEN_UNKNOWN
from pulumi.runtime.stack import wait_for_rpcs

from components.enclave import EnclaveArgs
from components.stack import build
from tests.components.open_loops import collect_open_loops
from tests.components.shapes import clouds, guardrails

if TYPE_CHECKING:
    from components.clouds import Clouds
    from components.declaration import Declaration

VPC_TYPE = "aws:ec2/vpc:Vpc"
MADE_WITH_A_VPC = ("defaultNetworkAclId", "defaultRouteTableId", "defaultSecurityGroupId")


class _Answers(Mocks):
    def __init__(self, *, planned: bool) -> None:
        self.planned = planned

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Answer with the inputs, and with an id unless it is only planned."""
        if args.typ == "enclave:aws:EnclaveRegion" or self.planned:
            return "", dict(args.inputs)
        made_up = {"arn": f"arn:{args.typ}:{args.name}", "dnsName": "x.example", "latestVersion": 1}
        of_vpc = {name: f"{name}-of-{args.name}" for name in MADE_WITH_A_VPC} if args.typ == VPC_TYPE else {}
        return f"{args.typ}:{args.name}", {**made_up, **of_vpc, **args.inputs}

    def call(self, args: Any) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        """Refuse: components read nothing."""
        raise AssertionError(args.token)


class _Monitor(MockMonitor):
    """Keeps what each registration says, unknown values and dependencies by property included."""

    def __init__(self, mocks: _Answers) -> None:
        super().__init__(mocks)
        self.seen: list[Resource] = []
        self.providers: dict[str, Provider | None] = {}
        self.planned = mocks.planned

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 (gRPC's)
        """Record a resource."""
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        props = _plain(MessageToDict(request.object))
        depends = {name: tuple(found.urns) for name, found in request.propertyDependencies.items() if found.urns}
        outputs = {} if self.planned else {**_plain(MessageToDict(response.object)), "id": response.id}
        provider = next((each for each in self.seen if request.provider.startswith(f"{each.urn}::")), None)
        if provider:
            self.providers[response.urn] = provider.as_provider
        self.seen.append(
            Resource(
                response.urn,
                request.type,
                request.name,
                props,
                outputs=outputs,
                depends=depends if self.planned else {},
            )
        )
        return response


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return UNKNOWN if value == WRITTEN_UNKNOWN else value


def registered(
    declaration: Declaration,
    clouds: Clouds = clouds,
    *,
    planned: bool = False,
    whole: bool = False,
    stack: str = "test",
) -> list[Resource]:
    """Return what the enclave of a declaration registers by URN, with its ids unknown if it is only planned.

    The order of registration differs from run to run, and what a test draws by chance may not hang on it.
    ``whole``: each with its provider; questions about networks need none.
    """
    monitor = _Monitor(_Answers(planned=planned))

    async def made() -> None:
        set_mocks(monitor.mocks, project="enclave", stack=stack, preview=planned, monitor=monitor)
        build(EnclaveArgs(declaration, clouds, guardrails))
        await wait_for_rpcs()

    asyncio.run(made())
    collect_open_loops()
    found = sorted(monitor.seen, key=lambda each: each.urn)
    return [replace(each, provider=monitor.providers.get(each.urn)) for each in found] if whole else found

"""The time of a verdict in this process, without an engine, on resources that all pass."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from enclave_policies.judging.judge import judge
from enclave_policies.rules.jurisdiction import JURISDICTION

from benchmarks.errors import NotMeasuredError
from benchmarks.timing import timed
from console.guard import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclave_policies.law import Law
    from enclave_policies.resources.resource import Resource

_second = 1000.0  # milliseconds


def judged(resources: Sequence[Resource], law: Law, rounds: int) -> tuple[float, ...]:
    """Return the milliseconds per resource that judging them all takes, one sample per round."""

    def once() -> None:
        for resource in resources:
            # A fresh one: what a resource has found out about itself must not be free the next time.
            _ask(replace(resource), law)

    return tuple(timed(once) * _second / len(resources) for _ in range(rounds))


def guarded(resources: Sequence[Resource], law: Law, rounds: int) -> tuple[float, ...]:
    """Return the milliseconds per resource of what the program's guard does: make its inputs plain, then judge."""

    async def once() -> None:
        for resource in resources:
            _ask(replace(resource, props=await plain(resource.props)), law)

    return tuple(timed(lambda: asyncio.run(once())) * _second / len(resources) for _ in range(rounds))


def _ask(resource: Resource, law: Law) -> None:
    findings = judge(resource, law, JURISDICTION)
    if findings:
        raise NotMeasuredError(f"a resource that should pass does not: {findings[0].message}")

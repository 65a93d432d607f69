"""Builds what a stack declares; the one place that knows which kinds of stack there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.aws.schedule import WatchSchedule, WatchScheduleArgs
from components.declaration.watching import WatchDeclaration
from components.enclave import Enclave

if TYPE_CHECKING:
    from components.enclave import EnclaveArgs


def build(args: EnclaveArgs) -> dict[str, Any]:
    """Create a stack's resources and return what it exports for whoever operates it."""
    declaration = args.declaration
    if isinstance(declaration, WatchDeclaration):
        watching = WatchScheduleArgs(declaration, args.clouds.aws_endpoint)
        return {"schedules": WatchSchedule(f"{declaration.enclave}-schedule", watching).summary}
    return {"sites": Enclave(declaration.enclave, args).sites}

"""Inputs that are a message to somebody who reads it: data, not settings, unless the receiver does what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

DOES: Final = (":aws-sdk:", ":ssm:", ":ecs:", ":batch:", ":codebuild:")
"""In the target's ARN: the input is the parameters of an API call, of a document, or what a container or a build runs
with in place of its own (EventBridge Scheduler user guide, "Using universal targets"; EventBridge user guide, targets
"Systems Manager", "ECS task", "Batch job queue" and "CodeBuild project")."""
PAYLOADS: Final = {
    "aws:cloudwatch/eventTarget:EventTarget": ("", "input", "arn"),
    "aws:scheduler/schedule:Schedule": ("target", "input", "arn"),
}
"""Type → the block that holds the message ("": the inputs themselves), the message, and what says who gets it."""


def without_payload(type_: str, props: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a resource's inputs without the message that it sends to somebody."""
    told = PAYLOADS.get(type_)
    if told is None:
        return props
    holder, message, receiver = told
    block = props.get(holder) if holder else props
    if not isinstance(block, dict):
        return props
    who = str(block.get(receiver, DOES[0]))
    if any(does in who for does in DOES):
        return props
    rest = {key: value for key, value in block.items() if key != message}
    return {**props, holder: rest} if holder else rest

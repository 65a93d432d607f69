"""Inputs that are a message to somebody who reads it: data, not settings, unless they are a call of AWS's own API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CALL: Final = ":aws-sdk:"
"""In the target's ARN: the input is the parameters of an API call, which AWS makes (EventBridge Scheduler user guide,
"Using universal targets")."""
PAYLOADS: Final = {"aws:scheduler/schedule:Schedule": ("target", "input", "arn")}
"""Type → the block that holds the message, the message, and what says who gets it."""


def without_payload(type_: str, props: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a resource's inputs without the message that it sends to somebody."""
    told = PAYLOADS.get(type_)
    if told is None:
        return props
    holder, message, receiver = told
    block = props.get(holder)
    if not isinstance(block, dict) or CALL in str(block.get(receiver, CALL)):
        return props
    return {**props, holder: {key: value for key, value in block.items() if key != message}}

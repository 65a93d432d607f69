"""What rules gather from a whole stack, once for all of its resources."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclave_policies.reading.stack import Stack

Answer = TypeVar("Answer")


def once(gather: Callable[[Stack], Answer]) -> Callable[[Stack], Answer]:
    """Return a function that gathers once for each stack; an error is kept too, and raised to whoever asks again."""

    @wraps(gather)
    def gathered(stack: Stack) -> Answer:
        if gather not in stack.gathered:
            try:
                stack.gathered[gather] = gather(stack), None
            except Exception as error:  # noqa: BLE001 (raised below, to each that asks)
                stack.gathered[gather] = None, error
        answer, broken = stack.gathered[gather]
        if broken is not None:
            raise broken
        return cast("Answer", answer)

    return gathered

"""What rules gather from a whole stack, once for all of its resources."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

Answer = TypeVar("Answer")
Part = TypeVar("Part")


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


def each(stack: Stack, readings: Iterable[Reading], read: Callable[[Reading], Part]) -> Iterator[Part]:
    """Yield what is read of each resource of a stack; one that breaks what reads it is left out, and no other with it.

    Such a resource is undetermined (see judge.left_out), and whoever needs it finds nothing there.
    """
    for reading in readings:
        try:
            part = read(reading)
        except Exception as error:  # noqa: BLE001 (whatever broke: the others are gathered all the same)
            stack.broken[reading.resource.urn] = type(error).__name__
        else:
            yield part

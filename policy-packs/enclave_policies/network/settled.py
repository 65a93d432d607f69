"""A property that is worked out once, whatever comes of it: an error is kept like an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")


class settled(Generic[Answer]):  # noqa: N801 (used as a decorator, like cached_property)
    """As functools.cached_property; but asked again after an error, it raises the same one and works nothing out."""

    def __init__(self, work_out: Callable[[Any], Answer]) -> None:
        self._work_out = work_out
        self._name = work_out.__name__
        self.__doc__ = work_out.__doc__

    def __get__(self, owner: object, _kind: type | None = None) -> Answer:
        """Return the answer, or raise the error that there was instead."""
        failed = vars(owner).get(f"{self._name}: failed")
        if failed is not None:
            raise failed
        try:
            answer = self._work_out(owner)
        except Exception as error:
            vars(owner)[f"{self._name}: failed"] = error
            raise
        vars(owner)[self._name] = answer  # found before this descriptor from now on, which sets nothing
        return answer

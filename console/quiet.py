"""What the Pulumi program does not send to the engine: debug lines, and traces of exceptions that nobody caught."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

import pulumi

from console import unhandled

if TYPE_CHECKING:
    from collections.abc import Callable


def keep_quiet() -> None:
    """Send no debug lines to the engine: each is a blocking call, and they are a fifth of a preview. Nor traces."""
    if not os.environ.get(unhandled.DEBUG):
        setattr(pulumi.log, "debug", lambda *_, **__: None)  # noqa: B010  mypy refuses the plain form
        setattr(pulumi.log, "error", partial(_error, pulumi.log.error))  # noqa: B010


def _error(log: Callable[..., None], message: str, *more: Any, **told: Any) -> None:
    """Tell the engine of an error; of an exception that nobody caught, here or in what is awaited, no trace."""
    log(unhandled.told(message), *more, **told)

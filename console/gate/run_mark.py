"""The mark in the environment of every process of a run, so that what it leaves behind can be known again."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Final

RUN: Final = "ENCLAVE_RUN"
_form: Final = re.compile(r"(\d+)@(\d+\.\d+) (.+)", re.DOTALL)


@dataclass(frozen=True)
class RunMark:
    """A run: the `enclave` that began it (process, seconds of its start since 1970), and which stack it is about."""

    pid: int
    began: float
    stack: str

    def __str__(self) -> str:
        """Return the mark as the environment holds it."""
        return f"{self.pid}@{self.began:.2f} {self.stack}"

    @classmethod
    def read(cls, text: str) -> RunMark | None:
        """Return the mark in a variable's value, None where there is none."""
        found = _form.fullmatch(text)
        return cls(int(found[1]), float(found[2]), found[3]) if found else None


def mark_of(backend: str, project: str, stack: str) -> RunMark:
    """Return the mark of a run that this process begins."""
    import psutil  # noqa: PLC0415  only commands that run an engine need it

    return RunMark(os.getpid(), round(psutil.Process().create_time(), 2), f"{backend} {project} {stack}")

"""What a person is told of an exception that nobody caught: what it is and where, in one line and without its trace."""

from __future__ import annotations

import os
import re
from typing import Final

TRACE: Final = "Traceback (most recent call last):"
DEBUG: Final = "ENCLAVE_DEBUG"
"""The environment variable that, set, shows traces."""
_FRAME: Final = re.compile(r'^ *File "(?P<file>[^"\n]+)", line (?P<line>\d+)', re.MULTILINE)
_INSTALLED: Final = re.compile(r"[/\\](?:site|dist)-packages[/\\]|[/\\]lib(?:64)?[/\\]python3\.\d+[/\\]|^<")
_GROUP: Final = re.compile(r"^ *(?:[|+](?:-[-+ \d]*)? ?)+", re.MULTILINE)
"""How lines of a group of exceptions are led in."""


def told(message: str) -> str:
    """Return a message with its trace, if it has one, told as one line; as it is where `ENCLAVE_DEBUG` is set."""
    return message if os.environ.get(DEBUG) else folded(message)


def folded(message: str) -> str:
    """Return ``message`` with a Python trace in it told as file:line, type and text of the exception.

    The place is the last one in the user's own files; what Python or a package did below it is left out. Of exceptions
    that led to one another, the last counts, with which the program ended.
    """
    before, trace, after = message.partition(TRACE)
    if not trace:
        return message
    head = _GROUP.sub("", before).strip().removesuffix("Exception Group").strip().rstrip(":")
    every = _GROUP.sub("", after)
    last = every.rpartition(TRACE)[2]
    place = _place(last) or _place(every)
    said = [head] if head else []
    said.append(f"{place}: {_exception(last)}" if place else _exception(last))
    return f"{': '.join(said)}; set {DEBUG}=1 to see the whole trace"


def _place(trace: str) -> str | None:
    frames = [each.groups() for each in _FRAME.finditer(trace)]
    own = [(file, line) for file, line in frames if not _INSTALLED.search(file)]
    return next((":".join(each) for each in reversed(own or frames)), None)


def _exception(trace: str) -> str:
    end = max((each.end() for each in _FRAME.finditer(trace)), default=0)
    lines = trace[end:].split("\n")[1:]
    began = next((at for at, line in enumerate(lines) if line and not line[0].isspace()), len(lines))
    return " ".join(" ".join(lines[began:]).split()) or "an exception that says nothing"

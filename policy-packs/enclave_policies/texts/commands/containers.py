"""What a container runs: its entry point and its arguments as one command.

Source: Kubernetes, Container (``command`` is the entry point, ``args`` follow it); ECS, ContainerDefinition
(``entryPoint``, ``command`` follows it).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PARTS: Final = ("entryPoint", "command", "args")
TAG: Final = re.compile(r"[:@].*")


def run_by(container: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the words of what a container runs; where no entry point is said, its image is called like its tool."""
    if container.keys().isdisjoint(PARTS):
        return
    told = [container.get(part) for part in PARTS]
    words = tuple(word for part in told if isinstance(part, list) for word in part)
    if not words:
        return
    yield words
    image = container.get("image")
    entry, command, args = (part is not None for part in told)
    if isinstance(image, str) and not entry and not (command and args):
        yield (TAG.sub("", image.rpartition("/")[2]), *words)

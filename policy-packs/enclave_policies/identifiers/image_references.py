"""Container image references: the registry and the rest, as a container runtime would understand them."""

from __future__ import annotations

import re
from typing import Final

DEFAULT_REGISTRY: Final = "docker.io"
ALIASES: Final = {"index.docker.io": DEFAULT_REGISTRY, "registry-1.docker.io": DEFAULT_REGISTRY}
TRANSPORTS: Final = re.compile(r"(?i)^(?:docker|oci|docker-pullable|docker-image|containerd|https?)://")
HOST: Final = re.compile(r"[a-z0-9][a-z0-9.-]*(?::\d+)?|\[[0-9a-f:.]+\](?::\d+)?")


def split_image(text: str) -> tuple[str | None, str]:
    """Return the registry's host, as a container runtime would understand it, and the rest; None for no reference.

    The first component is a registry only where it holds a dot or a colon, or is ``localhost``.
    """
    reference = TRANSPORTS.sub("", text)
    first, slash, rest = reference.partition("/")
    if slash and ("." in first or ":" in first or first.lower() == "localhost" or first != first.lower()):
        registry = first.lower()
        if not HOST.fullmatch(registry):
            return None, text
        return (ALIASES.get(registry, registry), rest) if rest else (None, text)
    if not reference or re.fullmatch(r"sha256:[0-9a-f]{64}", reference):
        return None, text
    return DEFAULT_REGISTRY, reference if slash else f"library/{reference}"

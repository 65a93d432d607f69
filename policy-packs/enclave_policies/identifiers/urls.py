"""Addresses: compare them by origin, recognise loopback."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}


def origin(url: str) -> str | None:
    """Return ``scheme://host:port`` in one spelling, None for anything that is not a plain http(s) address.

    A user name in the address is refused: ``https://approved@elsewhere`` reads like one place and is another.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname.removesuffix(".")
    return f"{parts.scheme}://{host}:{port}"


def host_of(url: str) -> str | None:
    """Return the host of an http(s) address in lower case, None where ``origin`` gives none."""
    return urlsplit(url.strip()).hostname if origin(url) else None


def is_loopback(url: str) -> bool:
    """Return whether an address can only be reached on this machine."""
    host = host_of(url)
    if host is None:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

"""Where packages come from: what pip is configured for on this machine holds for uv too."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# pip's setting → uv's variable, and what joins several values (uv has one word more for each list than pip).
_MEANING = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "no-index": ("UV_NO_INDEX", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "client-cert": ("SSL_CLIENT_CERT", " "),
    "proxy": ("ALL_PROXY", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
}
_SECTIONS = ("global", "install", ":env:")  # pip's own order: a later one wins


def for_uv(settings: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that make uv do what `settings` (printed by `pip config list`) say; one set by hand stays."""
    found: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    for line in settings.splitlines():
        name, separator, value = line.partition("=")
        section, _, setting = name.rpartition(".")
        if separator and section in found and setting in _MEANING:
            found[section][setting] = str(ast.literal_eval(value))
    merged = {**found["global"], **found["install"], **found[":env:"]}
    variables = {_MEANING[name][0]: _MEANING[name][1].join(value.split()) for name, value in merged.items()}
    # pip trusts the machine's certificates, and takes the best match of all its indexes: the pinned hash decides.
    variables = {"UV_SYSTEM_CERTS": "true", "UV_INDEX_STRATEGY": "unsafe-best-match", **variables}
    return {name: value for name, value in variables.items() if value and name not in environment}


def environment() -> dict[str, str]:
    """Our environment with pip's settings added for uv."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    return {**os.environ, **for_uv(listed.stdout, os.environ)}

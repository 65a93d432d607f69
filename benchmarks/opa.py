"""OPA as a peer: built from its Go module, only for this; asked two rules about regions."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.whole import Whole
from sandbox.toolchain.cache import Cache, default_root
from sandbox.toolchain.key import key
from sandbox.toolchain.provide import build_missing
from sandbox.toolchain.table import OPA_TOOL

if TYPE_CHECKING:
    from collections.abc import Collection

    from sandbox.toolchain import Progress

_rules = Path(__file__).with_name("region.rego")


def install(progress: Progress) -> Path:
    """Return the program; builds it where the cache lacks it."""
    cache = Cache(default_root())
    build_missing((OPA_TOOL,), cache, progress)
    return cache.entry(OPA_TOOL.name, key(OPA_TOOL)) / "opa"


def command(program: Path, plan: Path, folder: Path, denied: Collection[str]) -> Whole:
    """Return OPA over a plan, which must deny exactly the resources whose addresses are given."""
    line = [str(program), "eval", "--format", "json", "--data", str(_rules), "--input", str(plan), "data.enclave.deny"]

    def check(output: str) -> None:
        (result,) = json.loads(output)["result"]
        found = {message.partition(" ")[0] for message in result["expressions"][0]["value"]}
        if found != set(denied):
            raise ValueError(f"it denied {len(found)} resources instead of {len(denied)}")

    return Whole("opa", line, folder, os.environ, check)

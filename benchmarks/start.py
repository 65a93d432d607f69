"""What is paid before anything is done: reading the law and its catalog, entering a sandbox, each beside a peer."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING

import yaml
from enclave_policies.catalog.stored import FILE, read_catalog
from enclave_policies.law.folder import SHIPPED
from enclave_policies.law.folder.read import read_law

from benchmarks.figure import Figure
from benchmarks.timing import interleaved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.workbench import Workbench

_law, _plain = "reading the law, its catalog included", "PyYAML's safe loader on the law's YAML files but the catalog's"
_catalog, _json = "reading the compiled catalog, held against its tables", "json.loads on the compiled catalog"
_enter, _python = "what `. sandbox/activate` runs", "Python that does nothing"


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield the seconds of each."""
    law, today = SHIPPED / "law", datetime.now(UTC).date()
    catalog = law / "catalog"
    texts = [file.read_text(encoding="utf-8") for file in sorted(law.rglob("*.yaml")) if catalog not in file.parents]
    compiled = (catalog / FILE).read_text(encoding="utf-8")
    folder, _ = bench.sandbox
    variants: dict[str, Callable[[], object]] = {
        _law: lambda: read_law(law, None, today),  # `load_law` would remember it
        _plain: lambda: [yaml.safe_load(text) for text in texts],
        _catalog: lambda: read_catalog(catalog),
        _json: lambda: json.loads(compiled),
        _enter: lambda: _run("-m", "sandbox.environment", "--dir", str(folder)),
        _python: lambda: _run("-c", ""),
    }
    seconds = interleaved(variants, bench.rounds)
    for what, beside in ((_law, _plain), (_catalog, _json), (_enter, _python)):
        yield Figure(what, "s", seconds[what], beside, median(seconds[beside]))


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True)

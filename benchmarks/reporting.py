"""A signed bundle of 10,000 resources beside the audit of the same, and how fast its page is in a real Chromium."""

from __future__ import annotations

import json
import os
from statistics import median
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import sync_playwright

from benchmarks.audit import audited
from benchmarks.figure import Figure, Target
from benchmarks.whole import Whole, in_turns
from benchmarks.workbench import enclave
from console.gate.stack import outside_sandbox
from sandbox.toolchain import chromium
from sandbox.toolchain.cache import Cache, default_root

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from benchmarks.workbench import Workbench

COUNT: Final = 10_000
STACK: Final = "local"
INTERACTIVE: Final = 2_000.0
FILTERED: Final = 100.0
"""Milliseconds."""

SOUGHT: Final = ("bucket", "eu-west-1", "no such thing", "e", "")
FILTER: Final = """text => {
  const field = document.getElementById("f-text");
  const begin = performance.now();
  field.value = text;
  field.dispatchEvent(new Event("input", {bubbles: true}));
  document.body.getBoundingClientRect();
  return performance.now() - begin;
}"""


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield the seconds of a bundle beside an audit, and the milliseconds of its page."""
    folder = bench.place / "report"
    folder.mkdir()
    export, bundle = folder / "export.json", folder / "bundle"
    audit = audited(COUNT, folder, export)
    made = Whole(
        "report",
        [enclave, "report", STACK, "--export", str(export), "--to", str(bundle), "--key", str(_key(folder)), "--json"],
        folder,
        outside_sandbox(dict(os.environ)),
        _whole,
    )
    with bench.progress.step(f"a bundle of {COUNT} resources beside its audit", "about 10 s a round") as step:

        def note(text: str) -> None:
            step.note = text

        in_turns((audit, made), bench.rounds, note)
    seconds = median(audit.seconds)
    what = f"`enclave report` of {COUNT} resources, signed"
    yield Figure(what, "s", tuple(made.seconds), "`enclave audit`", seconds, Target("report/audit", 1.5))
    shown, filtered = _looked_at(bundle / "report.html", bench.rounds)
    page = f"its page of {COUNT} resources in Chromium"
    yield Figure(f"{page}: interactive", "ms", shown, "limit", INTERACTIVE, Target("interactive/2 s", 1))
    yield Figure(f"{page}: a filter", "ms", filtered, "limit", FILTERED, Target("filter/100 ms", 1))


def _whole(output: str) -> None:
    """Refuse the output of a report of something else."""
    resources = json.loads(output)["summary"]["resources"]
    if resources < COUNT:
        raise ValueError(f"it told of {resources} resources")


def _key(folder: Path) -> Path:
    file = folder / "key.pem"
    key = Ed25519PrivateKey.generate()
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


def _looked_at(file: Path, rounds: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return how long a page takes until its table is there, and the slowest filter of each round (milliseconds)."""
    shown, filtered = [], []
    with sync_playwright() as driver:
        program = chromium.find(Cache(default_root()))
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])  # a page of our own
        for _ in range(rounds):
            page = browser.new_page()
            page.goto(file.as_uri())
            shown.append(_interactive(page))
            filtered.append(max(float(page.evaluate(FILTER, text)) for text in SOUGHT))
            page.close()
        browser.close()
    return tuple(shown), tuple(filtered)


def _interactive(page: Page) -> float:
    """Return the milliseconds from the navigation to the first rows, when all that the page does at first is done."""
    page.wait_for_selector("#rows tr")
    return float(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))

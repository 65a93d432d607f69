"""The page as PDF, printed by whichever Chromium this machine has: tagged, with an outline of its headings."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from console.argument_problem import argument_problem
from located_yaml import ProblemsError

PROGRAMS: Final = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
OPTIONS: Final = (
    *("--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking"),
    *("--no-pdf-header-footer", "--export-tagged-pdf", "--generate-pdf-document-outline"),
)
PATIENCE: Final = 180  # seconds


def printed(page: bytes) -> bytes:
    """Return a page as PDF. Raises ProblemsError where no browser is found, or it does not print."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise _problem(
            "no Chromium is found on PATH, which prints the PDF; install chromium, or leave --pdf out and print "
            "report.html from any browser"
        )
    # A browser of root's refuses to lock itself in; the page is our own, and its policy lets it ask nobody.
    root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with tempfile.TemporaryDirectory(prefix="enclave-pdf-") as folder:
        source, target = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_bytes(page)
        own = (f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}", source.as_uri())
        try:
            done = subprocess.run(
                [program, *OPTIONS, *root, *own], capture_output=True, text=True, timeout=PATIENCE, check=False
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise _problem(f"{program} does not print ({error})") from None
        content = target.read_bytes() if target.is_file() else b""
    if not content.startswith(b"%PDF-"):
        last = done.stderr.strip().rpartition("\n")[2]
        raise _problem(f"{program} does not print (exit code {done.returncode}: {last or 'it says nothing'})")
    return content


def _problem(message: str) -> ProblemsError:
    return ProblemsError([argument_problem("--pdf", message)])

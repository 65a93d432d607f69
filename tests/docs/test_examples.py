"""What the documentation shows as typed and answered is run, and the answers are compared."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from console.gate.stack import outside_sandbox
from tests.docs.pages import ROOT, Page, pages, tracked

if TYPE_CHECKING:
    from pathlib import Path

CUT = "[…]"
LEFT_OUT = ("tests/", "requirements/", "benchmarks/", "sandbox/tools/")
PATIENCE = 120.0  # seconds


@dataclass(frozen=True)
class Example:
    """One command as a page shows it, with its exit code and what it prints; ``[…]`` stands for whatever was cut."""

    page: str
    command: str
    code: int
    answer: str


def examples(page: Page) -> list[Example]:
    """Return the examples of a page, in order: ``console`` fences whose commands begin with ``$``."""
    found: list[Example] = []
    for fence in page.fences("console"):
        for part in re.split(r"^\$ ", fence, flags=re.MULTILINE)[1:]:
            line, _, answer = part.partition("\n")
            command, _, comment = line.partition(" # ")
            code = re.fullmatch(r"exit code (\d)", comment.strip())
            found.append(Example(page.path, command.strip(), int(code[1]) if code else 0, answer))
    return found


def fits(shown: str, printed: str) -> bool:
    """Return whether an answer is what was printed, wherever its lines were broken and whatever was cut."""
    parts = [re.escape(" ".join(part.split())) for part in shown.split(CUT)]
    return re.fullmatch(r" ?.*? ?".join(parts), " ".join(printed.split())) is not None


WITH_EXAMPLES = [page for page in pages() if examples(page)]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository's files, in which commands may write, with `enclave` on its own PATH."""
    folder = tmp_path_factory.mktemp("clone")
    for path in tracked():
        if not path.startswith(LEFT_OUT):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, folder / path)
    shim = folder / "bin" / "enclave"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m console.entry "$@"\n', encoding="utf-8")
    main = folder / "console" / "entry.py"
    main.write_text(f"{main.read_text(encoding='utf-8')}\nmain()\n", encoding="utf-8")
    shim.chmod(0o755)
    host = shim.with_name("enclave-deidentify")
    host.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m hosts.deidentify "$@"\n', encoding="utf-8")
    host.chmod(0o755)
    return folder


def run(example: Example, clone: Path) -> subprocess.CompletedProcess[str]:
    """Run an example's command in a shell of no sandbox; its errors are printed where its output is."""
    variables = {
        **outside_sandbox(dict(os.environ)),
        "PATH": os.pathsep.join((str(clone / "bin"), os.environ.get("PATH", os.defpath))),
        "PYTHONPATH": os.pathsep.join((str(clone), str(clone / "policy-packs"))),
    }
    return subprocess.run(
        ["/bin/sh", "-c", example.command],
        cwd=clone,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.path)
def test_every_example_is_answered_as_the_page_shows(page: Page, clone: Path) -> None:
    for example in examples(page):
        done = run(example, clone)
        assert done.returncode == example.code, f"{example.command}\n{done.stdout}"
        assert fits(example.answer, done.stdout), f"{example.command}\nshown:\n{example.answer}\nis:\n{done.stdout}"


def test_the_tour_has_examples() -> None:
    assert {page.path for page in WITH_EXAMPLES} >= {"docs/tour.md"}


def test_an_answer_that_is_not_printed_is_noticed() -> None:
    printed = "urn: refused\n  JUR-010 flow-basis: would copy\napproved: IE\n"
    assert fits("urn: refused\nJUR-010 flow-basis:\n    would copy\n[…]", printed)
    assert fits("[…]\napproved: IE", printed)
    assert fits("urn: refused\n  […]\napproved: IE", printed)
    assert not fits("urn: refused\n", printed)
    assert not fits("urn: passed\n[…]", printed)
    assert not fits("urn: refused\n  JUR-010 flow-basis: would copy […] approved: NO", printed)


def test_the_command_is_told_from_its_exit_code_and_its_answer() -> None:
    page = Page("x.md", "```console\n$ a | b - # exit code 2\nx\n$ c\n```\n\n```\n$ d\n```\n")
    assert examples(page) == [Example("x.md", "a | b -", 2, "x\n"), Example("x.md", "c", 0, "")]

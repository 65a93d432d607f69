"""Every command, option, make target and module that the documentation names exists."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
import typer.main
from typer.core import TyperGroup

from console.command_line import app
from tests.docs.pages import ROOT, Page, page, pages

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = re.compile(r"(?:^|[`$;|&(] ?|\.venv/bin/|^ +)enclave ((?:[a-z][a-z-]* ?)*)([^`\n#]*)", re.MULTILINE)
MAKE = re.compile(r"(?:^|[`$;|&(] ?)make ((?:[A-Z_]+=\S+ +)*)([a-z][a-z -]*)", re.MULTILINE)
MODULE = re.compile(r"python3? -m ([a-z_]+(?:\.[a-z_]+)*)")
SPAN = re.compile(r"(?<!`)(`{1,2})(?!`)(.+?)(?<!`)\1(?!`)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
TARGETS = frozenset(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
HISTORY = ("CHANGELOG.md", "docs/adr/")
"""Pages that tell what was, and are not mended when a command gets another name."""


def code(text: str) -> str:
    """Return the code of a page, line by line: fenced blocks, and what stands between backticks."""
    one = Page("", text)
    return "\n".join([*one.fences(), *(f"`{span[1]}`" for span in SPAN.findall(one.prose))])


def wrong(text: str) -> Iterator[str]:
    """Yield what a text names that does not exist."""
    told = code(text)
    root = typer.main.get_command(app)
    for words, rest in COMMAND.findall(told):
        yield from _wrong_command(root, words.split(), rest)
    for _, words in MAKE.findall(told):
        target = words.split()[0]
        if target not in TARGETS:
            yield f"make {target}"
    for module in MODULE.findall(told):
        if module not in ("venv", "pip") and not _is_module(module):
            yield f"python -m {module}"


def _wrong_command(command: Any, words: list[str], rest: str) -> Iterator[str]:
    said = ["enclave"]
    for word in words:
        if not isinstance(command, TyperGroup):
            break
        said.append(word)
        if word not in command.commands:
            yield " ".join(said)
            return
        command = command.commands[word]
    known = {name for option in command.params for name in option.opts} | {"--help"}
    first = re.split(r"[|;&>]", rest)[0]
    yield from (f"{' '.join(said)} {option}" for option in OPTION.findall(first) if option not in known)


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize("path", [one.path for one in pages() if not one.path.startswith(HISTORY)])
def test_whatever_a_page_lets_people_type_exists(path: str) -> None:
    assert sorted(set(wrong(page(path).text))) == []


def test_what_does_not_exist_is_noticed() -> None:
    text = (
        "`enclave previev local`, `enclave audit FILE --strickt`, `make upp`, `.venv/bin/python -m console.nothing`\n"
        "```\nenclave sandbox strat --dir X\n$ enclave reach --form a --to b\nmake AWS_PLUGIN=official doctr\n"
        "    cat x | enclave explian -\n```\n"
    )
    assert sorted(set(wrong(text))) == [
        "enclave audit --strickt",
        "enclave explian",
        "enclave previev",
        "enclave reach --form",
        "enclave sandbox strat",
        "make doctr",
        "make upp",
        "python -m console.nothing",
    ]


def test_every_command_is_told_somewhere() -> None:
    told = code("\n".join(one.text for one in pages() if not one.path.startswith(HISTORY)))
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    assert [name for name in root.commands if not re.search(rf"\benclave {name}\b", told)] == []
    assert sorted(target for target in TARGETS if not re.search(rf"\bmake {target}\b", told)) == []

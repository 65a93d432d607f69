"""The ends of ways that a command names: hosts, registries and mailboxes, by the table of tools."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from enclave_policies.identifiers.image_references import DEFAULT_REGISTRY, TRANSPORTS, split_image
from enclave_policies.texts.commands.scripts import commands_of
from enclave_policies.texts.commands.tools import table, tools
from enclave_policies.texts.spellings import LATER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enclave_policies.texts.commands.tools import Tool

MOST_WRAPPING: Final = 8
"""Words before a wrapped tool: ``sudo -u app timeout 30 nc …``."""
ASSIGNMENT: Final = re.compile(r"\w+\+?=.*", re.DOTALL)
REMOTE: Final = re.compile(r"(?:[^@/:\s]+@)?(\[[0-9a-fA-F:.]+\]|[^/:\s@]+)::?(?!//).*", re.DOTALL)
"""What copies and mounts take: ``user@host:path``, ``host::module``."""
NO_IMAGE: Final = re.compile(
    r"(?:\.|/|~|(?:dir|oci|docker-archive|oci-archive|docker-daemon|containers-storage|ostree|sif|tarball):(?!//)).*"
)
PUT_IN: Final = ("$", "{", "<", "%", LATER)
"""How a word begins whose registry is put in later."""
PARTS: Final = re.compile(r"[:,@=/\s]+")


class End(NamedTuple):
    """What a word names: ``host`` or ``mail``; ``sure``: it is one whatever it looks like."""

    kind: str
    text: str
    sure: bool = True


@lru_cache(maxsize=1)
def _named() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, tools()), key=len, reverse=True))
    return re.compile(rf"(?<![\w.-])(?:{names})(?![\w-])")


def ends_in(script: str) -> list[End]:
    """Return the ends that the commands of a script name, each once."""
    if not _named().search(script):
        return []
    return list(dict.fromkeys(end for words in commands_of(script) for end in ends_of(words)))


def ends_of(words: Sequence[str]) -> Iterator[End]:
    """Yield the ends that one command names."""
    wrapped, told = False, table()
    for place, word in enumerate(words[:MOST_WRAPPING]):
        name = word.rpartition("/")[2]
        if name in tools():
            for tool in tools()[name]:
                yield from _named_by(tool, words[place + 1 :])
            return
        wrapped = wrapped or name in told.wrappers
        if not (wrapped or name in told.leading or ASSIGNMENT.fullmatch(word)):
            return


def _named_by(tool: Tool, words: Sequence[str]) -> Iterator[End]:
    options, plain = _sorted(tool, words)
    if tool.verbs:
        verb = next(
            (each for each in tool.verbs if [word for word, _ in plain][: each.count(" ") + 1] == each.split()), None
        )
        if verb is None:
            return
        plain = plain[verb.count(" ") + 1 :]
    chosen = {"none": [], "first": plain[:1], "second": plain[1:2]}.get(tool.words, plain)
    for word, sure in (*((value, True) for value in options), *chosen):
        yield from _end(tool, word, sure=sure)


def _sorted(tool: Tool, words: Sequence[str]) -> tuple[list[str], list[tuple[str, bool]]]:
    """Return the values of naming options, and the other words; one behind an unknown long option may be its value."""
    named: list[str] = []
    plain: list[tuple[str, bool]] = []
    waiting: str | None = None
    only_plain = False
    for word in words:
        is_option = word.startswith("-") and word != "-"
        if waiting is not None and waiting in (*tool.naming, *tool.valued) and not is_option:
            if waiting in tool.naming:
                named.append(word)
            waiting = None
        elif only_plain or not is_option:
            plain.append((word, waiting is None))
            waiting = None
        elif word == "--":
            only_plain, waiting = True, None
        else:
            waiting = _option(tool, word, named)
    return named, plain


def _option(tool: Tool, word: str, named: list[str]) -> str | None:
    """Note the value that stands in an option itself; return the option whose value may follow."""
    name, equals, value = word.lstrip("-").partition("=")
    if equals:
        if name in tool.naming:
            named.append(value)
        return None
    if word.startswith("--") or name in (*tool.naming, *tool.valued):
        return name
    for place, letter in enumerate(name):
        if letter in tool.naming or letter in tool.valued:
            rest = name[place + 1 :]
            if rest and letter in tool.naming:
                named.append(rest)
            return None if rest else letter
    return None


def _end(tool: Tool, word: str, *, sure: bool) -> Iterator[End]:
    if tool.to == "mail":
        if "@" in word:
            yield End("mail", word)
        return
    if "://" in word and tool.to == "host":
        return  # its host is read wherever it stands
    if tool.to in ("registry", "hub"):
        registry = None if NO_IMAGE.match(word) or TRANSPORTS.sub("", word).startswith(PUT_IN) else split_image(word)[0]
        if registry is not None and (registry != DEFAULT_REGISTRY or tool.to == "hub" or DEFAULT_REGISTRY in word):
            yield End("host", registry, sure)
    elif tool.words == "remote":
        found = REMOTE.fullmatch(word)
        if found and not found[1].startswith("$"):
            yield End("host", found[1])
    elif tool.words in ("parts", "none"):
        yield from (End("host", part, sure) for part in PARTS.split(word) if "." in part)
    else:
        yield End("host", word.rpartition("@")[2].partition("/")[0], sure)

"""Scripts of a shell as commands, each a list of words without quotes. It runs nothing.

Understood: quotes, continued lines, comments, pipes and lists, redirections (each file stands alone, behind the
commands), commands inside ``$(…)`` and backticks, and scripts that a shell is given with ``-c``.
Source: POSIX, Shell Command Language.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from enclave_policies.texts.spellings import LATER

CONTINUED: Final = re.compile(r"\\\n[ \t]*")
COMMENT: Final = re.compile(r"(?m)(?:(?<=\s)|^)#[^\n]*")
INNER: Final = re.compile(r"\$\(([^()]*)\)|`([^`]*)`")
DEEPEST: Final = 20
TOKEN: Final = re.compile(
    r"""(?xs)
      (?P<end> \n | ;+ | \|\|? | && | &(?!>) | [()] )
    | (?P<redirection> &> | \d*(?:<<<|<<-?|>>|<>|>\||[<>])&? )
    | (?P<word> (?: ' [^']* ' | " (?:\\.|[^"\\])* " | \\. | [^\s'"\\;|&()<>] )+ )
    | .
    """
)
QUOTED: Final = re.compile(r"""(?s)'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)""")
ESCAPED: Final = re.compile(r"\\([\"\\$`])")
SCRIPT_OPTION: Final = re.compile(r"-[a-z]*c")
BLANK: Final = re.compile(r"\s")


def commands_of(script: str, depth: int = 0) -> list[list[str]]:
    """Return the commands of a script; those inside words come first, LATER stands where they stood."""
    text = COMMENT.sub("", CONTINUED.sub(" ", script))
    found: list[list[str]] = []
    for _ in range(DEEPEST):
        inner = INNER.findall(text)
        if not inner:
            break
        text = INNER.sub(LATER, text)
        found += [each for one in inner if depth < DEEPEST for each in commands_of("".join(one), depth + 1)]
    for words in _commands(text):
        found.append(words)
        for before, word in pairwise(words):
            if depth < DEEPEST and (SCRIPT_OPTION.fullmatch(before) or before == "eval") and BLANK.search(word):
                found += commands_of(word, depth + 1)
    return found


def _commands(text: str) -> list[list[str]]:
    found: list[list[str]] = [[]]
    files: list[list[str]] = []
    is_file = False
    for token in TOKEN.finditer(text):
        if token["word"]:
            word = QUOTED.sub(_bare, token["word"])
            if is_file:
                files.append([word])
            else:
                found[-1].append(word)
        elif token["end"]:
            found.append([])
        elif token["redirection"] is None:
            continue
        is_file = token["redirection"] is not None
    return [words for words in (*found, *files) if words]


def _bare(part: re.Match[str]) -> str:
    """Return what a quoted part of a word means."""
    return part[1] or ESCAPED.sub(r"\1", part[2] or "") or part[3] or ""

"""Scripts of a shell as commands, each a list of words without quotes. It runs nothing.

Understood: quotes, continued lines, comments, pipes and lists, redirections (their files are left out), commands inside
``$(…)`` and backticks, and scripts that a shell is given with ``-c``. Source: POSIX, Shell Command Language.
"""

from __future__ import annotations

import re
from typing import Final

LATER: Final = "\0"
"""Stands for what a command inside a word will say."""
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
        for before, word in zip(words, words[1:], strict=False):
            if depth < DEEPEST and (SCRIPT_OPTION.fullmatch(before) or before == "eval") and BLANK.search(word):
                found += commands_of(word, depth + 1)
    return found


def _commands(text: str) -> list[list[str]]:
    found: list[list[str]] = [[]]
    is_file = False
    for token in TOKEN.finditer(text):
        if token["end"]:
            found.append([])
        elif token["redirection"]:
            is_file = True
            continue
        elif token["word"]:
            if not is_file:
                found[-1].append(QUOTED.sub(lambda part: "".join(filter(None, part.groups())), token["word"]))
        else:
            continue
        is_file = False
    return [words for words in found if words]

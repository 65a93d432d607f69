"""`python -m tests.yaml_form FILE…`: write tables of test cases as block YAML, one fact a line, for people to review.

What a file says stays the same, which is asserted before it is written. Comments stand before the entries of the file,
nowhere else: what is to be said of a case is its title. A test holds the files of FORMED to this form.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from located_yaml import ProblemsError
from located_yaml.loader import loads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FOLDER: Final = Path(__file__).parent
FORMED: Final = (
    *("corpus/*.yaml", "enclave_policies/samples/*.yaml", "enclave_policies/kubernetes/*.yaml"),
    *("enclave_policies/texts/*.yaml", "enclave_policies/places/*.yaml", "mutation/*.yaml", "mutation/verdicts/*.yaml"),
)
"""Files that have this form, below this folder."""
WIDTH: Final = 110
"""Letters of a line; a longer text that has spaces is folded, and only one that has none makes a longer line."""
LONG: Final = 90
"""Letters of a text that is folded."""
SHORT: Final = 60
"""Letters of a list of plain values that stands in one line."""
LIKE_A_NUMBER: Final = re.compile(
    r"[-+]?(?:\.?\d[\d_.]*(?:[eE][-+]?\d+)?|0[xo][\da-fA-F]+|\.(?:inf|nan))", re.IGNORECASE
)
FOLDS: Final = re.compile(r"\S+(?: \S+)*")
"""Texts whose only white space is single spaces: folding changes nothing of them."""


class FormError(ValueError):
    """A file that cannot be written in this form without losing something."""


class _Dumper(yaml.SafeDumper):
    """Block style, with long texts folded, texts of several lines as they are, and short lists in one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 (PyYAML's)
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (PyYAML's)
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if "\n" in text and not re.search(r"[ \t]\n|[ \t]$|^\s|[^\x20-\x7e\n\xa0-\ud7ff]", text):
        style = "|"
    elif len(text) > LONG and " " in text and FOLDS.fullmatch(text) and text.isprintable():
        style = ">"
    elif LIKE_A_NUMBER.fullmatch(text):
        style = "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _list(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.SequenceNode:
    plain = all(isinstance(item, str | int | float | bool) for item in items)
    short = (
        plain and sum(len(str(item)) + 2 for item in items) <= SHORT and not any("\n" in str(item) for item in items)
    )
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=short)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)


def formed(text: str, file: str = "") -> str:
    """Return a YAML text in this form. Raises FormError where a comment would be lost, ProblemsError for no YAML."""
    document = loads(text, file).data
    if isinstance(document, list):
        entries: list[Any] = [[item] for item in document]
    elif isinstance(document, dict):
        entries = [{key: value} for key, value in document.items()]
    else:
        raise FormError(f"{file}: is no list and no mapping of cases")
    parts = [_above(lines) + _dumped(entry) for lines, entry in zip(_comments(text), entries, strict=True)]
    between = "\n" if any(part.count("\n") > 1 for part in parts) else ""
    whole = between.join(parts)
    if loads(whole, file).data != document:
        raise FormError(f"{file}: would say something else in this form")
    return whole


def formed_table(table: Mapping[str, Any]) -> str:
    """Return a mapping as a YAML text in this form."""
    return "\n".join(_dumped({key: value}) for key, value in table.items())


def _dumped(entry: Any) -> str:
    text: str = yaml.dump(
        entry, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH, default_flow_style=False
    )
    return text


def _above(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _comments(text: str) -> list[list[str]]:
    """Return the comments before each entry of the file, with the empty lines between them."""
    root: Any = yaml.compose(text, Loader=yaml.CSafeLoader)
    nodes = [key for key, _ in root.value] if isinstance(root, yaml.MappingNode) else root.value
    lines, before, found = text.splitlines(), 0, []
    for node in nodes:
        above = [line for line in lines[before : node.start_mark.line] if line.startswith("#") or not line.strip()]
        found.append("\n".join(above).strip("\n").split("\n") if any(above) else [])
        before = node.start_mark.line + 1
    if sum(line.startswith("#") for above in found for line in above) != len(_comment_lines(text)):
        raise FormError("a comment stands inside an entry: say it in the entry's title")
    return found


def _comment_lines(text: str) -> list[str]:
    """Return the lines that begin with a comment, outside of texts of several lines."""
    inside: set[int] = set()
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken) and token.end_mark.line > token.start_mark.line:
            inside.update(range(token.start_mark.line + 1, token.end_mark.line + (token.style not in ("|", ">"))))
    return [
        line for number, line in enumerate(text.splitlines()) if number not in inside and line.lstrip().startswith("#")
    ]


def files() -> list[Path]:
    """Return every file that has this form."""
    return sorted(file for pattern in FORMED for file in FOLDER.glob(pattern))


def main(arguments: Sequence[str]) -> int:
    """Write the named files, all of FORMED by default, in this form; 2 for one that cannot be."""
    code = 0
    for file in map(Path, arguments) if arguments else files():
        text = file.read_text(encoding="utf-8")
        try:
            whole = formed(text, str(file))
        except (FormError, ProblemsError) as error:
            sys.stderr.write(f"{file}: {error}\n")
            code = 2
            continue
        if whole != text:
            file.write_text(whole, encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

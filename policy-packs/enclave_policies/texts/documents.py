"""The structure of a configuration text, as its form tells; None for any other text.

JSON, YAML, TOML, INI and its like, Fluentd's tags, XML, HCL and its like, properties, name servers: all become one
tree of dicts, lists and texts. What a reader of the real program would merge is merged (YAML's ``<<``); a key that
stands twice keeps both values, as nobody can tell which one a program takes.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

import yaml

from enclave_policies.texts.braces import braces
from enclave_policies.texts.corefile import corefile, imported_settings, named_corefile
from enclave_policies.texts.elements import elements
from enclave_policies.texts.shapes import parsed
from enclave_policies.texts.tagged import tagged
from enclave_policies.texts.trees import deep, put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONGEST: Final = 1 << 20
"""Letters of a text that is taken apart; longer ones are searched line by line."""
MOST_VALUES: Final = 200_000
"""Values that a text may hold once its aliases are written out: more is a bomb, and refused."""
SECTION: Final = re.compile(r"^[ \t]*\[+[ \t]*([^\[\]\n]+?)[ \t]*\]+[ \t]*(?:[#;].*)?$")
SETTING: Final = re.compile(r"^[ \t]*([\w.@$/*-]+)(?:[ \t]*[=:][ \t]*|[ \t]+)(.*?)[ \t]*$")
PROPERTY: Final = re.compile(r"^[ \t]*(?!-)([\w.\[\]-]+)[ \t]*[=:][ \t]*(.*?)[ \t]*$")
NO_DATA: Final = re.compile(r"^[ \t]*(?:[#;!].*)?$")
ONE_SETTING: Final = re.compile(r"\s*[A-Za-z][\w.-]*: [^\n]*\n")
"""A file of a single setting; a line without an end is a value, and no file."""
MERGE: Final = "<<"


class _Loader(yaml.CBaseLoader):  # it builds texts, lists and dicts only
    """Every scalar is a text, so that ``NO`` is a country and 012 no number."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        merged: list[Any] = []
        repeated: set[str] = set()
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            value = self.construct_object(value_node, deep=deep)
            key = key if isinstance(key, str) else str(key)
            if key == MERGE:
                merged += value if isinstance(value, list) else [value]
            elif key in repeated:
                made[key].append(value)
            elif key in made:
                made[key] = [made[key], value]
                repeated.add(key)
            else:
                made[key] = value
        for other in merged:
            if isinstance(other, dict):
                made = {**other, **made}
        return made


_Loader.add_constructor(
    "tag:yaml.org,2002:map", lambda loader, node: loader.construct_mapping(cast("yaml.MappingNode", node), deep=True)
)
_Loader.add_multi_constructor("!", lambda loader, _tag, node: _plain(loader, node))


def _plain(loader: Any, node: Any) -> Any:
    """Return a value with a tag of somebody's own as if it had none."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return node.value


def document(text: str, name: str) -> Any:
    """Return the tree of a configuration text, None for what is none; ``name`` is the file's, which may tell its form.

    Raises RecursionError for one that is nested without end, or that writes itself out to more than MOST_VALUES values,
    UnreadableError for one that only its program can write out.
    """
    beginning = text.lstrip()[:1]
    if beginning in ("{", "["):
        found = parsed(text)
        if found is not None:
            return found
        if "\n" not in text.strip():
            return None
    if len(text) > LONGEST or ("\n" not in text.strip() and beginning != "<" and not ONE_SETTING.fullmatch(text)):
        return None
    return _document(text, name.rpartition(".")[2].lower())


@lru_cache(maxsize=1 << 10)
def _document(text: str, ending: str) -> Any:
    for read in BY_ENDING.get(ending, ANY_FORM if text.lstrip()[:1] != "<" else (tagged, elements, *ANY_FORM)):
        found = read(text)
        if isinstance(found, dict | list) and found:
            return found
    return None


def _yaml(text: str) -> Any:
    if "\t" in text:  # no YAML indents with tabs; inside texts they do no harm
        text = re.sub(r"(?m)^\t+", lambda found: "  " * len(found[0]), text)
    try:
        found = list(yaml.load_all(text, Loader=_Loader))
    except (yaml.YAMLError, ValueError, TypeError):
        return None
    documents = [each for each in found if isinstance(each, dict | list)]
    if not documents or len(documents) != len([each for each in found if each not in (None, "")]):
        return None
    whole = documents[0] if len(documents) == 1 else documents
    _count(whole)
    return whole


def _count(tree: Any) -> None:
    left, waiting = MOST_VALUES, [tree]
    while waiting:
        value = waiting.pop()
        left -= 1
        if left < 0:
            raise RecursionError
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _toml(text: str) -> Any:
    try:
        return _texts(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _ini(text: str) -> Any:
    """Return the sections of an INI file, or of Fluent Bit's and systemd's like: ``[OUTPUT]`` may stand many times."""
    if not any(SECTION.match(line) for line in text.splitlines()):
        return None
    sections: dict[str, Any] = {}
    current: dict[str, Any] = {}
    top = current
    for line in text.splitlines():
        section, setting = SECTION.match(line), SETTING.match(line)
        if NO_DATA.match(line):
            continue
        if section:
            current = {}
            put(sections, section[1], current)
        elif setting:
            put(current, setting[1], setting[2].strip("\"'"))
        elif not line.startswith((" ", "\t")):
            return None
    return {**top, **sections}


def _properties(text: str) -> Any:
    """Return the settings of a properties file or an environment file; dots in a key lead deeper."""
    root: dict[str, Any] = {}
    for line in _lines(text):
        if NO_DATA.match(line):
            continue
        found = PROPERTY.match(line)
        if not found:
            return None
        key, value = found[1], found[2].replace("\\:", ":").replace("\\=", "=").strip("\"'")
        deep(root, key.split("."), value)
    return root


def _lines(text: str) -> Iterator[str]:
    yield from re.sub(r"\\\n[ \t]*", "", text).splitlines()


ANY_FORM: Final = (_yaml, _toml, _ini, tagged, corefile, braces, _properties)
BY_ENDING: Final[dict[str, tuple[Callable[[str], Any], ...]]] = {
    "yaml": (_yaml,),
    "yml": (_yaml,),
    "toml": (_toml, _ini),
    "ini": (_ini, _properties),
    "hcl": (braces,),
    "tf": (braces,),
    "alloy": (braces,),
    "properties": (_properties,),
    "env": (_properties,),
    "xml": (elements,),
    "corefile": (named_corefile,),
    "server": (corefile, *ANY_FORM),
    "override": (imported_settings, *ANY_FORM),
}
"""A file's ending → the forms that it may have; any other: all of them in turn."""

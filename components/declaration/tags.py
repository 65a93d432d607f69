"""Tags and labels that the clouds take: others would fail when the first resource is built.

Sources: AWS, "Best Practices for Tagging AWS Resources"; IAM user guide, "Rules for tagging in IAM" (50 tags, keys of
1 to 128 and values of up to 256 letters, digits, spaces and ``_ . : / = + - @``, no ``aws:`` before them, keys of IAM
compared without case); Kubernetes documentation, "Labels and Selectors" (63 letters, digits, ``-``, ``_`` and ``.``,
a letter or digit at both ends).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from components.declaration.model import AwsSite, KubernetesSite
from components.declaration.words import cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from components.declaration.found import Found, Keys
    from components.declaration.model import Declaration


OWN: Final = ("enclave", "site", "country", "owner", "segment", "data-class", "managed-by", "Name", "purpose")
"""Tags that the components set themselves."""
FOLDED: Final = frozenset(name.casefold() for name in OWN)
MOST: Final = 50
LONGEST_KEY: Final = 128
LONGEST_VALUE: Final = 256
SIGNS: Final = frozenset("_.:/=+-@")
LETTERS: Final = frozenset("LNZ")  # of Unicode: letters, numbers, separators
LABEL: Final = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
LABEL_WORDS: Final = "up to 63 letters (a to z), digits, '-', '_' and '.', with a letter or digit at both ends"


def check_tags(declaration: Declaration) -> Iterator[Found]:
    """Yield (path, message) for each tag, team or set of data classes that some declared site cannot carry."""
    kinds = {type(site) for site in declaration.sites.values()}
    aws, kubernetes = AwsSite in kinds, KubernetesSite in kinds
    yield from _table(("tags",), declaration.tags, aws=aws, kubernetes=kubernetes)
    for name, site in declaration.sites.items():
        own = {"aws": isinstance(site, AwsSite), "kubernetes": isinstance(site, KubernetesSite)}
        yield from _table(("sites", name, "tags"), site.tags, **own)
        many = len({*declaration.tags, *site.tags, *OWN})
        if own["aws"] and many > MOST:
            message = (
                f"a resource of this site would carry {many} tags, our own {len(OWN)} among them; AWS takes {MOST}"
            )
            yield ("sites", name), message
    team = declaration.contact.team
    yield from _value(("contact", "team"), team, aws=aws, kubernetes=kubernetes)
    for section, entries in (("segments", declaration.segments), ("keys", declaration.keys)):
        for name, entry in entries.items():
            together = "+".join(entry.classes)
            labelled = kubernetes and section == "segments"
            if together:
                yield from _value((section, name, "classes"), together, aws=aws, kubernetes=labelled)


def check_aws_tags(declaration: Declaration) -> Iterator[Found]:
    """Yield each tag, and the team, that a stack without sites cannot carry, whose resources are all in AWS."""
    yield from _table(("tags",), declaration.tags, aws=True, kubernetes=False)
    if (many := len({*declaration.tags, *OWN})) > MOST:
        message = f"a resource would carry {many} tags, our own {len(OWN)} among them; AWS takes {MOST}"
        yield ("tags",), message
    yield from _value(("contact", "team"), declaration.contact.team, aws=True, kubernetes=False)


def _table(at: Keys, tags: Mapping[str, str], *, aws: bool, kubernetes: bool) -> Iterator[Found]:
    folded: dict[str, str] = {}
    for key, value in tags.items():
        where = (*at, key)
        if key.casefold() in FOLDED:
            yield where, f"'{cut(key)}' is a tag that the enclave sets itself (in any case); choose another key"
        if aws and not key:
            yield where, "a tag needs a key; AWS takes 1 to 128 letters"
        twin = folded.setdefault(key.casefold(), key)
        if aws and twin != key:
            yield where, f"'{cut(key)}' and '{cut(twin)}' are one tag to AWS IAM, which does not tell case; remove one"
        if aws:
            yield from _aws_text(where, key, "key", LONGEST_KEY)
        if kubernetes and not LABEL.fullmatch(key):
            yield where, f"'{cut(key)}' is no name of a label; Kubernetes takes {LABEL_WORDS}"
        yield from _value(where, value, aws=aws, kubernetes=kubernetes)


def _value(at: Keys, value: str, *, aws: bool, kubernetes: bool) -> Iterator[Found]:
    if aws:
        yield from _aws_text(at, value, "value", LONGEST_VALUE)
    if kubernetes and value and not LABEL.fullmatch(value.replace("+", "_")):  # as components.site writes labels
        length = f" ({len(value)} letters)" if len(value) > 63 else ""  # noqa: PLR2004 (see LABEL)
        yield at, f"'{cut(value)}'{length} cannot be a label; Kubernetes takes {LABEL_WORDS}"


def _aws_text(at: Keys, text: str, what: str, longest: int) -> Iterator[Found]:
    if len(text) > longest:
        yield at, f"'{cut(text)}' has {len(text)} letters; AWS takes {longest} as the {what} of a tag"
    if text.casefold().startswith("aws:"):
        yield at, f"'{cut(text)}' begins with 'aws:', which AWS keeps for itself; choose another {what}"
    wrong = next((letter for letter in text if not _is_taken(letter)), None)
    if wrong is not None:
        signs = " ".join(sorted(SIGNS))
        yield (
            at,
            f"'{cut(text)}' holds {wrong!r}; AWS takes letters, digits, spaces and {signs} in the {what} of a tag",
        )


def _is_taken(letter: str) -> bool:
    return letter in SIGNS or unicodedata.category(letter)[0] in LETTERS

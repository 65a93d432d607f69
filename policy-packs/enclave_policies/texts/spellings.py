"""Odd spellings in the texts that programs read: made plain, or told apart from what they look like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.places.hosts import is_service_principal
from enclave_policies.places.names import NAME, is_public
from enclave_policies.texts import patterns as known
from enclave_policies.texts.addresses import decoded
from enclave_policies.texts.shapes import AWS_HOST, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

OPENS_JSON: Final = ("{", "[")
TWO_LETTERS: Final = 2
ONE_SLASH: Final = re.compile(r"(?i)(?<![\w+.-])(https?|wss?|ftp):/(?=[\w-][\w.-]*\.[a-z])")
LATER: Final = "\0"
"""Stands for what a program puts into a text later."""


def is_clouds_region(code: str) -> bool:
    """Return whether a word is written like a region of a cloud, whether or not the catalog knows it."""
    lower = code.lower()
    return known.OTHER_CLOUDS_REGION.fullmatch(lower) is not None or lower in known.MULTI_REGIONS


def without_words(line: re.Match[str]) -> str:
    """Return a line, or nothing where its key says that people read it."""
    return "" if known.is_words(line[1]) else line[0]


def plain(text: str) -> str:
    """Return a text with what is put in later marked, and URLs in odd spellings as everybody writes them."""
    if "{{" in text:
        text = known.TEMPLATE.sub(LATER, text)
    if "<" in text:
        text = known.XML_NAMES.sub("", text)
    if "ersion" in text or "ERSION" in text:
        text = known.VERSION.sub("", text)
    if "\\:" in text:
        text = text.replace("\\:", ":")  # Java's properties
    if "%" in text:
        text = decoded(text)
    if ":/" in text:
        text = ONE_SLASH.sub(r"\1://", text)  # curl and browsers read it so
    if ":\\\\" in text:
        text = text.replace("\\", "/")  # browsers read it so
    return text


def json_in(text: str) -> Any:
    """Return the object or list that a text is in JSON, or in its like with single quotes; None where it is none."""
    if not text.lstrip().startswith(OPENS_JSON):
        return None
    document = parsed(text)
    if document is not None:
        return document
    words = known.QUOTED_LIST.fullmatch(text.strip())
    return words and [word.strip("'\" ") for word in words[1].split(",")]


def dotted_hosts(key: str, text: str) -> Iterator[str]:
    """Yield hosts with a port, addresses, and hosts of AWS."""
    for host, _ in known.HOST_AND_PORT.findall(text):
        if not host.replace(".", "").isdigit():
            yield host
    yield from (each.partition(":")[0] for each in known.IMAGE.findall(text))
    if not known.VERSION_KEY.fullmatch(key):
        yield from known.ADDRESS.findall(text)
        for ends in known.RANGE.findall(text) if "-" in text else ():
            yield ends[1]
    lower = text.lower()
    if "amazonaws" in lower or ".aws" in lower:
        for host in AWS_HOST.findall(text):
            if known.HOST_KEY.fullmatch(key) or not is_service_principal(host.lower()):
                yield host


def is_class(text: str) -> bool:
    """Whether a dotted name is a class by its capital letter: ``app.mail.SmtpBackend``; no host ends like that."""
    return known.CLASS.fullmatch(text) is not None and not is_public(text.lower())


def is_most_likely_a_host(text: str) -> bool:
    """Whether a value is a host although its name does not say so: ``api.evil.net``, not ``com.acme.Main``."""
    host = text.partition(":")[0].lower().rstrip(".")
    if "." not in host or known.REVERSED.fullmatch(host) or is_service_principal(host):
        return False
    last = host.rpartition(".")[2]
    if last in known.LIKELY_ENDINGS or last.startswith("xn--"):
        return True
    return (
        len(last) == TWO_LETTERS
        and last not in known.NO_DOMAINS
        and NAME.fullmatch(host) is not None
        and is_public(host)
    )

"""Foreign places in what programs are told: values of variables, arguments, configuration files, custom inputs."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers.addresses import network_of
from enclave_policies.identifiers.shown import shown
from enclave_policies.places.cluster_hosts import NAME, NUMBER, refused_host
from enclave_policies.places.regions import Refusal, refused_region, refused_zone
from enclave_policies.texts import patterns as known
from enclave_policies.texts.shapes import REGION_BEFORE
from enclave_policies.texts.spellings import (
    LATER,
    dotted_hosts,
    is_clouds_region,
    is_most_likely_a_host,
    json_in,
    plain,
    without_port,
    without_words,
)

if TYPE_CHECKING:
    from enclave_policies.law import Law

LONGEST_VALUE: Final = 4096
DEEPEST: Final = 100


@lru_cache(maxsize=1 << 15)
def refusals(key: str, text: str, law: Law, *, command: bool = False) -> tuple[Refusal, ...]:
    """Return every place in a text that may not be reached; ``key`` is what the text is called where it stands.

    Understood: JSON, YAML, INI, TOML, properties and nginx's kind of text, shell commands (``command``), single values.
    Comments, names of schemas and links for people are left out.
    """
    if not text or known.is_words(key) or text.startswith("-----BEGIN"):
        return ()
    reader = _Reader(law)
    reader.text(key, text, command=command)
    return tuple(reader.found)


class _Reader:
    """Collects what one text may not name, each place once."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self.found: dict[Refusal, None] = {}

    def text(self, key: str, text: str, *, command: bool = False) -> None:
        document = json_in(text)
        if document is not None:
            self._document(key, document, 0)
        elif "\n" in text:
            self._lines(known.COMMENT.sub("", text))
        elif command and " " in text:
            self._lines(text)
            for word in text.split():
                self._value("", word.strip("'\"();"))
        else:
            self._value(key, text.strip())

    def _document(self, key: str, value: Any, depth: int) -> None:
        if depth > DEEPEST:
            raise RecursionError
        if isinstance(value, dict):
            if "Statement" in value:
                return  # a policy document of AWS
            for name, item in value.items():
                if known.is_words(name):
                    continue
                if key in known.WITH_HOST_KEYS or "://" in name:
                    self._value("host", name if "://" in name else name.partition("/")[0])
                self._document(name, item, depth + 1)
        elif isinstance(value, list):
            for item in value:
                self._document(key, item, depth + 1)
        elif isinstance(value, str) and value:
            self.found.update(dict.fromkeys(refusals(key, value, self.law)))

    def _lines(self, text: str) -> None:
        """Read a text of several words: what is a host by itself, then pairs of key and value."""
        text = known.TAIL_COMMENT.sub("", text)
        if ":" in text:
            text = known.WORDS_BLOCK.sub("", text)
        text = known.WORDS_FLOW.sub(without_words, known.WORDS_LINE.sub(without_words, text))
        self._anywhere("", text)
        for key, value in (*known.PAIR.findall(text), *known.SPACED_PAIR.findall(text)):
            if "://" not in value:
                self._pair(key, value)
        for key, value in known.HOST_LINE.findall(text):
            if known.HOST_KEY.fullmatch(key) and "://" not in value:
                self._pair(key, value)
        for item in known.LIST_ITEM.findall(text):
            self._pair("", item)
        for code in known.REGION_FLAG.findall(text):
            self._place(code, "region")

    def _value(self, key: str, text: str) -> None:
        """Read a single value."""
        self._anywhere(key, text)
        if len(text) > LONGEST_VALUE or (known.NAMING_KEY.fullmatch(key) and (" " in text or "=" in text)):
            return
        flag, equals, rest = text.lstrip("-").partition("=")
        if equals and rest and known.FLAG.fullmatch(flag):
            for pair in text.lstrip("-").split(";"):
                name, _, value = pair.partition("=")
                self._pair(name, value)
            return
        for name, value in known.PAIR.findall(text) if " " in text else ():
            if "://" not in value:
                self._pair(name, value)
        self._pair(key, text)

    def _pair(self, key: str, text: str) -> None:
        """Read a value whose name tells what it is."""
        if known.is_words(key):
            return
        if known.MAIL_KEY.fullmatch(key):
            self._mail(text)
        if not known.NAMING_KEY.fullmatch(key):
            self._place(text.strip(), key)
        if text.count(":") > 1 and "/" not in text and network_of(text) is not None:
            self._host(text)  # an address of version 6 without brackets
        elif known.HOST_KEY.fullmatch(key):
            for part in known.BETWEEN_HOSTS.split(known.NO_SCHEME.sub("", text)):
                self._bare(known.NO_SCHEME.sub("", part).strip("\"'").partition("/")[0])
        elif not known.NAMING_KEY.fullmatch(key) and is_most_likely_a_host(text):
            self._bare(text)

    def _bare(self, text: str) -> None:
        """Read a host without a scheme, maybe with its port; a text without a dot is no host that leads out."""
        ends = known.RANGE.fullmatch(text)
        if ends:
            self._host(ends[1])
            self._host(ends[2])
            return
        name, colon, port = text.partition(":")
        host = known.VARIABLE.sub("x", name).lower().rstrip(".").removeprefix("*.")
        if "." not in host or known.ENDS_LATER.search(name) or (colon and not port[:1].isdigit()):
            return
        if NUMBER.fullmatch(host) and network_of(host) is None:
            return
        if NAME.fullmatch(host) and not host.endswith(known.API_GROUP):
            self._host(host)

    def _anywhere(self, key: str, text: str) -> None:
        """Read what shows by its own shape, wherever it stands in a text."""
        text = plain(text)
        if "://" in text:
            for match in known.URL.finditer(text):
                before, _, scheme = match[1].lower().rpartition(":")
                self._url(scheme, match[2])
                if before.startswith("jdbc"):  # SQL Server and others take the host as an option
                    for name, value in known.PAIR.findall(match[2].partition(";")[2]):
                        self._pair("host" if name.lower() == "servername" else name, value)
            text = known.URL.sub(" ", text)
        if "." in text:
            for host in dotted_hosts(key, text):
                self._host(host)
            for model in known.MODEL.finditer(text):
                words = f"the model profile {shown(model[0])}, which computes in several regions"
                self.found[Refusal(words, None, None)] = None
        self._marked(key, text)

    def _marked(self, key: str, text: str) -> None:
        """Read what a mark beside it shows to be a host: a user before, a matcher or brackets around it."""
        if "@" in text and ":" in text and not known.MAIL_KEY.fullmatch(key):
            for host in known.SECURE_COPY.findall(text):
                self._host(host)
        for host in known.SHARE.findall(text) if "//" in text else ():
            self._host(host)
        for host in known.HOST_MATCHER.findall(text) if "Host" in text else ():
            self._bare(host)
        for address in known.ADDRESS_V6.findall(text) if "[" in text else ():
            self._host(address)

    def _url(self, scheme: str, rest: str) -> None:
        if scheme in known.NO_HOST_SCHEMES:
            return
        if scheme in known.CLOUD_SCHEMES:
            self.found[Refusal(f"another cloud's storage ({scheme}://)", None, None)] = None
            return
        authority, _, path = known.VARIABLE.sub(LATER, rest).partition("/")
        if scheme in known.RESOLVER_SCHEMES:
            self._url("", path)
        if not authority:
            authority = path.partition("/")[0]  # dns:///host:port
        for part in re.split(r"[?#;]", authority, maxsplit=1)[0].rpartition("@")[2].split(","):
            host = without_port(part)
            if host.endswith(LATER):
                host = host.rstrip(LATER)
                if "." not in host or host.endswith((".", "-")) or LATER in host:
                    continue  # the end of a name decides whose it is, and here it is put together later
            if host not in ("", "+", "*"):  # empty and these: wherever the program itself listens
                self._host(host.replace(LATER, "x"), public=scheme in known.PUBLIC_SCHEMES)

    def _mail(self, text: str) -> None:
        for address in known.MAIL.finditer(text):
            if not self.law.owns_mail(address[0]):
                domain = address[1].lower()
                self.found[Refusal(f"the mailbox at {shown(domain)}, which is not the enclave's", domain, None)] = None

    def _host(self, host: str, *, public: bool = False) -> None:
        refusal = refused_host(host, self.law, public=public)
        if refusal is not None:
            self.found[refusal] = None

    def _place(self, text: str, key: str) -> None:
        refusal = refused_place(key, text, self.law)
        if refusal is not None:
            self.found[refusal] = None


def refused_place(key: str, text: str, law: Law) -> Refusal | None:
    """Return why a region or a zone may not be used: AWS's by its code, other clouds' where ``key`` says a place."""
    before = known.ANY_CASE_REGION.fullmatch(text) or REGION_BEFORE.fullmatch(text)
    code = before[1].lower() if before else text
    if code in law.zones:
        return refused_zone(code, law)
    if code in law.regions:
        return refused_region(code, law)
    if known.PLACE_KEY.fullmatch(key) and is_clouds_region(code):
        return Refusal(f"{shown(code)}, a region that the catalog does not know", code, None)
    return None

"""Foreign places in what programs are told: values of variables, arguments, configuration files, custom inputs."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.addresses import network_of
from enclave_policies.hosts import is_service_principal
from enclave_policies.kubernetes import patterns as known
from enclave_policies.kubernetes.hosts import GENERIC, NAME, NUMBER, is_in_cluster, refused_host
from enclave_policies.regions import Refusal, refused_region, refused_zone, shown
from enclave_policies.shapes import AWS_HOST, COMMENT, REGION_BEFORE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law import Law

OPENS_JSON: Final = ("{", "[")
LONGEST_VALUE: Final = 4096
DEEPEST: Final = 100
WITH_HOST_KEYS: Final = frozenset({"auths", "credHelpers", "credsStore"})
"""Mappings of registry credentials, whose keys are hosts."""
Places = dict[Refusal, None]
FLAG: Final = re.compile(r"[\w.\[\]-]+")


@lru_cache(maxsize=1 << 15)
def refusals(key: str, text: str, law: Law, *, command: bool = False) -> tuple[Refusal, ...]:
    """Return every place in a text that may not be reached; ``key`` is what the text is called where it stands.

    Understood: JSON, YAML, INI, TOML, properties and nginx's kind of text, shell commands (``command``), single values.
    Comments, names of schemas and links for people are left out.
    """
    if not text or known.WORDS_KEY.fullmatch(key) or text.startswith("-----BEGIN"):
        return ()
    found: Places = {}
    if text.lstrip()[:1] in OPENS_JSON:
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            document = None
        if isinstance(document, dict | list):
            _document(key, document, law, found, 0)
            return tuple(found)
    if "\n" in text:
        _lines(COMMENT.sub("", text), law, found)
    elif command and " " in text:
        _lines(text, law, found)
        for word in text.split():
            _value("", word.strip("'\"();"), law, found)
    else:
        _value(key, text.strip(), law, found)
    return tuple(found)


def _document(key: str, value: Any, law: Law, found: Places, depth: int) -> None:
    if depth > DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        for name, item in value.items():
            if key in WITH_HOST_KEYS:
                _value("host", name.partition("/")[0] if "://" not in name else name, law, found)
            _document(name, item, law, found, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _document(key, item, law, found, depth + 1)
    elif isinstance(value, str):
        found.update(dict.fromkeys(refusals(key, value, law)))


def _lines(text: str, law: Law, found: Places) -> None:
    """Read a text of several words: what is a host by itself, then pairs of key and value."""
    text = known.TAIL_COMMENT.sub("", text)
    words = [match for match in known.PAIR.finditer(text) if known.WORDS_KEY.fullmatch(match[1])]
    for match in reversed(words):
        text = f"{text[: match.start()]}{text[match.end() :]}"
    _anywhere("", text, law, found)
    for key, value in (*known.PAIR.findall(text), *known.SPACED_PAIR.findall(text)):
        if "://" not in value:
            _pair(key, value, law, found)
    for code in known.REGION_FLAG.findall(text):
        _place(code, law, found)


def _value(key: str, text: str, law: Law, found: Places) -> None:
    """Read a single value."""
    if known.NAMING_KEY.fullmatch(key) and (" " in text or "=" in text):
        _anywhere(key, text, law, found)
    elif len(text) > LONGEST_VALUE or " " in text:
        _anywhere(key, text, law, found)
        for name, value in known.PAIR.findall(text) if len(text) <= LONGEST_VALUE else ():
            if "://" not in value:
                _pair(name, value, law, found)
        if len(text) > LONGEST_VALUE:
            return
    else:
        _anywhere(key, text, law, found)
        flag, equals, rest = text.lstrip("-").partition("=")
        if equals and "://" not in flag and rest and FLAG.fullmatch(flag):
            for name, value in (pair.partition("=")[::2] for pair in text.lstrip("-").split(";")):
                _pair(name, value, law, found)
            return
    _pair(key, text, law, found)


def _pair(key: str, text: str, law: Law, found: Places) -> None:
    """Read a value whose name tells what it is."""
    if known.WORDS_KEY.fullmatch(key):
        return
    if known.MAIL_KEY.fullmatch(key):
        for address in known.MAIL.finditer(text):
            if not law.owns_mail(address[0]):
                domain = address[1].lower()
                found[Refusal(f"the mailbox at {shown(domain)}, which is not the enclave's", domain, None)] = None
    if not known.NAMING_KEY.fullmatch(key):
        _place(text.strip(), law, found, key)
    host_key = known.HOST_KEY.fullmatch(key) is not None
    text = text.removeprefix("//").removeprefix("\\\\")
    if text.count(":") > 1 and network_of(text) is not None and "/" not in text:
        _host(text, law, found)
        return
    for part in re.split(r"[,;\s|]+", text) if host_key else [text]:
        name, colon, port = part.strip("\"'").partition(":")
        name = name.partition("/")[0] if host_key else name
        host = known.VARIABLE.sub("x", name).lower().rstrip(".").removeprefix("*.")
        if (
            "." not in host
            or (NUMBER.fullmatch(host) and network_of(host) is None)
            or name.endswith(("}", ")"))
            or (colon and not port[:1].isdigit())
        ):
            continue
        if NAME.fullmatch(host) and (host_key or _bare_host(key, host)) and not host.endswith(known.API_GROUP):
            _host(host, law, found)


def _bare_host(key: str, host: str) -> bool:
    """Whether a value is most likely a host although its name does not say so."""
    if known.NAMING_KEY.fullmatch(key) or known.REVERSED.fullmatch(host) or is_service_principal(host):
        return False
    last = host.rpartition(".")[2]
    return last in GENERIC or (len(last) == 2 and last not in known.FILE_ENDINGS)  # noqa: PLR2004 (a country's code)


def _anywhere(key: str, text: str, law: Law, found: Places) -> None:
    """Read what shows by its own shape, wherever it stands in a text."""
    if "://" in text:
        for match in known.URL.finditer(text):
            _url(match[1].lower().rpartition(":")[2], match[2], law, found)
        text = known.URL.sub(" ", text)
    if "." in text:
        for host in _dotted(key, text):
            _host(host, law, found)
        for model in known.MODEL.finditer(text):
            found[Refusal(f"the model profile {shown(model[0])}, which computes in several regions", None, None)] = None
    if "@" in text and ":" in text and not known.MAIL_KEY.fullmatch(key):
        for host in known.SECURE_COPY.findall(text):
            _host(host, law, found)
    if "[" in text:
        for address in known.ADDRESS_V6.findall(text):
            _host(address, law, found)


def _dotted(key: str, text: str) -> Iterator[str]:
    """Yield hosts with a port, addresses, and hosts of AWS."""
    for host, _ in known.HOST_AND_PORT.findall(text):
        if not host.replace(".", "").isdigit():
            yield host
    yield from known.ADDRESS.findall(text)
    lower = text.lower()
    if "amazonaws" in lower or ".aws" in lower:
        for host in AWS_HOST.findall(text):
            if known.HOST_KEY.fullmatch(key) or not is_service_principal(host.lower()):
                yield host


def _url(scheme: str, rest: str, law: Law, found: Places) -> None:
    if scheme in known.NO_HOST_SCHEMES:
        return
    if scheme in known.CLOUD_SCHEMES:
        found[Refusal(f"another cloud's storage ({scheme}://)", None, None)] = None
        return
    authority = known.VARIABLE.sub("\0", re.split(r"[/?#]", known.VARIABLE.sub("\0", rest), maxsplit=1)[0])
    for part in authority.rpartition("@")[2].split(","):
        host = part.rstrip(").;]}") if not part.startswith("[") else part.partition("]")[0]
        host = host.rpartition(":")[0] if re.search(r":\d*\0?$", host) and not part.startswith("[") else host
        if host.endswith("\0"):
            host = host.rstrip("\0")
            if "." not in host or host.endswith((".", "-")) or "\0" in host:
                continue  # the end of a name decides whose it is, and here it is put together later
        host = host.replace("\0", "x").lstrip("(")
        if host:
            _host(host, law, found, public=scheme in known.PUBLIC_SCHEMES)


def _host(host: str, law: Law, found: Places, *, public: bool = False) -> None:
    refusal = refused_host(host, law, public=public)
    if refusal is not None:
        found[refusal] = None


def _place(text: str, law: Law, found: Places, key: str = "") -> None:
    """Read a value that is a region or a zone: of AWS by its code, of other clouds where the name says region."""
    before = REGION_BEFORE.fullmatch(text)
    code = before[1] if before else text
    refusal: Refusal | None = None
    if code in law.zones:
        refusal = refused_zone(code, law)
    elif code in law.regions:
        refusal = refused_region(code, law)
    elif known.PLACE_KEY.fullmatch(key) and (
        known.OTHER_CLOUDS_REGION.fullmatch(code.lower()) or code.lower() in known.MULTI_REGIONS
    ):
        refusal = Refusal(f"{shown(code)}, a region that the catalog does not know", code, None)
    if refusal is not None:
        found[refusal] = None


def names_own_place(text: str, law: Law) -> bool:
    """Return whether a text is a host or address of the enclave, or what a registered cluster calls itself."""
    host = (text.partition("://")[2] or text).strip("/").partition("/")[0]
    host = host if network_of(host) else host.partition(":")[0]
    if any(host in (cluster.name, *cluster.nodes.regions, *cluster.nodes.zones) for cluster in law.clusters):
        return True
    return ("." in host or ":" in host) and (law.owns_host(host) or host.endswith((".svc", ".cluster.local")))


def owns_an_endpoint(key: str, text: str, law: Law) -> bool:
    """Return whether a value names an endpoint of the enclave or the cluster, which then serves what is beside it."""
    if not known.HOST_KEY.fullmatch(key):
        return False
    host = text.partition("://")[2] or text
    host = host.rpartition("@")[2].partition("/")[0].rpartition(":")[0] or host.partition("/")[0]
    host = host.lower()
    return (
        bool(host)
        and NAME.fullmatch(host) is not None
        and (law.owns_host(host) or ("." in host and is_in_cluster(host)))
    )

"""What of a value a message may show: an address's host or bucket, a plain name, and nothing that may be secret.

A value stands where anybody could write a password too: in a URL (``s3://id:key@host``), before a registry
(``user:password@registry``), in a query or a path, in a connection string. So what is shown is chosen from what is
known to be harmless, and not the whole without what looks dangerous.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from enclave_policies.identifiers.addresses import network_of

LONGEST: Final = 80
LONGEST_READ: Final = 2000
HIDDEN: Final = "a value that is not shown"
HIDDEN_KEY: Final = "(a key that is not shown)"

PLACEHOLDER: Final = re.compile(r"\{\{\s*([\w.$]+)\s*\}\}")
HOST: Final = re.compile(
    r"(?:[\w*$%{}()<>.\u3002\uff0e\uff61-]+|\[[\w:.%]+\])"  # RFC 3490, section 3.1: three more dots
    r"(?::(?:\d{1,5}|\*|\$\{\w+\}|\$\(\w+\)|\{\{[\w.$]+\}\})?)?"
)
ORIGIN: Final = re.compile(rf"https?://{HOST.pattern}/?")
AUTHORITY_ENDS: Final = re.compile(r"[/?#;\\\s\"'|]")
SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+-]*:(?:[A-Za-z0-9+-]+:)*//")
DIGEST: Final = re.compile(r"@sha(?:256|512):[0-9a-f]+$")
ARN: Final = re.compile(r"(?i)arn:[\w-]*:([\w-]*):[\w-]*:[\w*]*:([\w+.@*-]*)(?:[/:][\w+=,.@*:/-]*)?")
SUBJECT: Final = re.compile(r"system(?::[\w.*-]+)+")
NAME: Final = re.compile(r"[^\s\"'`?#@=&;|\\:,]*")
"""Without the characters that separate the parts of an address or of a connection string."""
PLAIN_KEY: Final = re.compile(r"[\w.$@-]{1,253}|/[A-Za-z_./{}~-]{0,253}")
QUALIFIED: Final = re.compile(r"[\w.-]+/[A-Za-z][A-Za-z.-]*(?:\d[A-Za-z.-]*){0,2}")
"""As Kubernetes writes names (``kubernetes.io/gce-pd``); a path with more digits or several parts may be a token."""
PROVIDER_ID: Final = re.compile(r"(?:aws|azure|gce):///?[\w.:/-]+")
USER: Final = re.compile(r"[^@]@[\w\[]")
TOKEN: Final = re.compile(
    r"(?i)(?:AKIA|ASIA)[A-Z0-9]{12,}|eyJ[\w-]{5,}(?:\.[\w-]+)*|(?:gh[opsu]|glpat|xox[a-z]|sk|pk|hvs|dop_v1)[-_].{8,}"
)
KEY: Final = re.compile(r"[\w+/=-]{16,}")
DIGITS_OF_A_KEY: Final = 3


def shown(value: str) -> str:
    """Return a value for a message: quoted, on one line, cut where it is long; in words where it cannot be shown."""
    found = revealed(value)
    if found is None:
        return HIDDEN
    text = repr(found)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 4]}...'"


def revealed(value: str) -> str | None:
    """Return what of a value may be shown: a name, a host with its port, an ARN; None where nothing is known to be."""
    text = PLACEHOLDER.sub(r"{{\1}}", DIGEST.sub("", value.strip())) if len(value) <= LONGEST_READ else ""
    if (value and not text) or _is_token(text):
        return None
    if (arn := ARN.match(text)) is not None:
        return text[: arn.end(2)] if arn[1] == "s3" else arn[0]
    if network_of(text) is not None or SUBJECT.fullmatch(text) or ORIGIN.fullmatch(text) or PROVIDER_ID.fullmatch(text):
        return text
    if (scheme := SCHEME.match(text)) is not None:
        return _hosts_in(text[scheme.end() :])
    if (text.startswith("//") or re.search(r"[@:,]", text)) and not re.search(r"[\s=&;\"']", text):
        return _hosts_in(text)
    return _name(value)


@lru_cache(maxsize=1 << 14)
def shown_key(key: str) -> str:
    """Return a key for a path: as it is, but where a stranger's data are the key (a registry with its password)."""
    return key if PLAIN_KEY.fullmatch(key) else revealed(key) or HIDDEN_KEY


def without_credentials(sentence: str) -> str:
    """Return a sentence with nothing but the hosts of the addresses in it, and with everything visible in it."""
    told = " ".join(_harmless(word) for word in sentence.split(" "))
    return told if told.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in told)


def _is_token(text: str) -> bool:
    if TOKEN.fullmatch(text):
        return True
    mixed = text.upper() != text != text.lower() and sum(letter.isdigit() for letter in text) >= DIGITS_OF_A_KEY
    return mixed and KEY.fullmatch(text) is not None


def _hosts_in(address: str) -> str | None:
    """Return the hosts of an address without its scheme, None where they cannot be told from a password for sure."""
    authority = AUTHORITY_ENDS.split(address.removeprefix("//"), maxsplit=1)[0]
    if not authority:  # as gRPC writes them: `dns:///host:443`
        host = address.strip("/")
        return host if HOST.fullmatch(host) and re.search("[.:]", host) else None
    hosts = authority.rpartition("@")[2]
    if all(HOST.fullmatch(host) for host in hosts.split(",")) and ("@" in authority or "@" not in address):
        return hosts
    if address.count("@") != 1:
        return None
    # a password with a slash in it: `s3://id:ke/y@host/bucket`
    before, _, after = address.partition("@")
    host = AUTHORITY_ENDS.split(after.removeprefix("//"), maxsplit=1)[0]
    return host if ":" in before and "=" not in before and HOST.fullmatch(host) else None


def _name(text: str) -> str | None:
    if not NAME.fullmatch(text.strip()):
        return None
    first, slash, _ = text.partition("/")
    if slash and not first:
        return None
    return first if slash and "." in first and not QUALIFIED.fullmatch(text) else text


def _harmless(word: str) -> str:
    if "://" not in word and not USER.search(word):
        return word
    core = word.strip("()[]\"'`,;")
    scheme = SCHEME.search(core)
    start = scheme.start() if scheme else 0
    if scheme and scheme.end() == len(core):
        return word
    return word.replace(core[start:], revealed(core[start:]) or HIDDEN)

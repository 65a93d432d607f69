"""What a text that a program reads says: one claim for each host, place, bucket, mailbox and default in it.

One reader for variables, arguments, configuration files, connection strings and custom inputs, wherever they stand.
It judges nothing; `texts.judge` does.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.catalog.effects import effect
from enclave_policies.identifiers.addresses import is_v6, network_of
from enclave_policies.places.names import NAME
from enclave_policies.resources.claim import Claim
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts import patterns as known
from enclave_policies.texts.addresses import hosts_in
from enclave_policies.texts.commands.clients import endpoint_of
from enclave_policies.texts.commands.containers import run_by
from enclave_policies.texts.commands.ends import ends_in, ends_of
from enclave_policies.texts.commands.remotes import remotes_in
from enclave_policies.texts.commands.scripts import commands_of
from enclave_policies.texts.documents import document
from enclave_policies.texts.elements import UnreadableError
from enclave_policies.texts.encoded import encoded_in, hosts_of_cloud_ids
from enclave_policies.texts.lines import line_of
from enclave_policies.texts.programs.defaults import NOTHING, defaults
from enclave_policies.texts.programs.variables import commands, variables
from enclave_policies.texts.shapes import REGION_BEFORE
from enclave_policies.texts.spellings import (
    LATER,
    dotted_hosts,
    is_class,
    is_most_likely_a_host,
    json_in,
    plain,
    without_words,
)
from enclave_policies.texts.stores import stores_in, without_stores

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from enclave_policies.texts.commands.ends import End
    from enclave_policies.texts.commands.remotes import Remote
    from enclave_policies.texts.stores import Store

LONGEST_VALUE: Final = 4096
LONGEST_KEY: Final = 256
"""Letters of a name that tell what its value is, the last ones: patterns look for words in it."""
LONGEST: Final = 1 << 21
"""Letters of a text: more than any cloud takes as a setting (a ConfigMap: 1 MiB)."""
DEEPEST: Final = 100
TOO_LONG: Final = "holds a text of {:,} letters, and {:,} are read at most"
TOO_DEEP: Final = "holds a text that is nested deeper than 100 levels, or means too many values"
COMMANDS: Final = frozenset({"args", "command", "entryPoint"})
EMPTY: Final = ("", "null", "~")
"""What YAML writes where a name has no settings."""
NUMBER: Final = re.compile(r"(0x[0-9a-f]+|\d+)(\.(0x[0-9a-f]+|\d+)){0,3}")


class Text(NamedTuple):
    """A value that a program reads: what it is called, where it stands, and which settings belong together with it.

    ``value`` is a text, a mapping or list of them, a tuple of the words of one command, or UNKNOWN for one that is
    sealed or that nobody knows yet.
    ``path`` is for people, ``block`` tells by list indices which block of settings holds it; ``command``: shell words.
    """

    key: str
    value: Any
    path: str = ""
    block: tuple[str, ...] = ()
    command: bool = False


class Whole(NamedTuple):
    """What a block belongs to: a file or text by its name, or an object as GROUP/KIND, which begins in a path there."""

    head: str
    root: Any
    beginning: int


def claims_of(text: Text) -> list[Claim]:
    """Return the claims of a text, with where it stands; one that cannot be read to its end is a claim that says so."""
    try:
        return _claims_of(text)
    except RecursionError:
        return [Claim("unreadable", None, text.key, text.path, text.block, words=TOO_DEEP)]
    except UnreadableError as error:
        return [Claim("unreadable", None, text.key, text.path, text.block, words=str(error))]


def _claims_of(text: Text) -> list[Claim]:
    value = text.value
    if value is UNKNOWN:
        given = Claim("unreadable", UNKNOWN, text.key, text.path, text.block, given="sealed")
        return [] if known.is_words(text.key) or known.is_only_secret(text.key) else [given]
    found: Iterable[Claim]
    if isinstance(value, str):
        found = _claims_within(text.key, value, command=text.command)
    elif isinstance(value, tuple):
        reader = _Reader()
        reader.command(value)
        found = reader.found
    elif isinstance(value, dict | list):
        reader = _Reader()
        reader.tree(text.key, value, (), 0)
        if text.command:
            reader.commands(("command",), value)
            reader.command(value if isinstance(value, list) else ())
        found = reader.found
    else:
        return []
    return [claim._replace(path=_path(text, claim), block=(*text.block, *claim.block)) for claim in found]


def _path(text: Text, claim: Claim) -> str:
    """Return where a claim stands: an input and the keys in it, or a file with the line and the keys in it."""
    if not isinstance(text.value, str):
        return ".".join(filter(None, (text.path, claim.path)))
    line = line_of(claim, text.value)
    return " ".join(filter(None, (text.path if line is None else f"{text.path}:{line}", claim.path)))


def _claims_within(key: str, text: str, *, command: bool = False) -> tuple[Claim, ...]:
    """Return what one text among others says; that it cannot be read to its end is a claim, and spares the others."""
    if len(text) > LONGEST:
        return (Claim("unreadable", None, key, words=TOO_LONG.format(len(text), LONGEST)),)
    try:
        return claims_in(key, text, command=command)
    except RecursionError:
        return (Claim("unreadable", None, key, words=TOO_DEEP),)
    except UnreadableError as error:
        return (Claim("unreadable", None, key, words=str(error)),)


@lru_cache(maxsize=1 << 15)
def claims_in(key: str, text: str, *, command: bool = False) -> tuple[Claim, ...]:
    """Return what a text says; ``key`` is what it is called where it stands.

    Understood: JSON, YAML, INI, TOML, XML, HCL, properties and nginx's kind of text, shell commands (``command``) and
    single values. Comments, names of schemas and links for people are left out. Raises RecursionError for a document
    that is nested without end, UnreadableError for one that only its program can write out.
    """
    key = key[-LONGEST_KEY:]
    if not text or known.is_words(key) or text.startswith("-----BEGIN"):
        return ()
    reader = _Reader()
    reader.text(key, text, command=command)
    return tuple(reader.found)


class _Reader:
    """Collects the claims of one text, each once; whoever reads a value, or a document, sets ``key``, or ``whole``."""

    key: str
    whole: Whole

    def __init__(self) -> None:
        self.found: dict[Claim, None] = {}

    def text(self, key: str, text: str, *, command: bool = False) -> None:
        """Read a text by its form."""
        tree = document(text, key)
        if tree is None:
            tree = json_in(text)
        if tree is not None:
            self.tree(key, tree, (), 0)
        elif self._clients(text):
            pass
        elif "\n" in text:
            self._lines(known.COMMENT.sub("", text))
        elif " " in text and (command or text.lstrip().startswith("-") or known.COMMAND_KEY.fullmatch(key)):
            self._lines(text)
            for word in text.split():
                self._value("", word.strip("'\"();"))
        else:
            self._value(key, text.strip())
        if tree is None and " " in text:
            self.ends(ends_in(text))
        self._inside(key, text)

    def _inside(self, key: str, text: str) -> None:
        """Read what one word of a text holds: a store with its settings, an id that stands for hosts, another text."""
        for remote in remotes_in(text) if ":" in text else ():
            self._remote(remote)
        self.key = key
        for host in hosts_of_cloud_ids(text) if "cloud" in f"{key} {text}".lower() else ():
            self._host(host)
        for inner in encoded_in(text):
            self.found |= dict.fromkeys(_claims_within("", inner, command=True))

    def tree(self, key: str, value: Any, path: tuple[str, ...], depth: int) -> None:
        """Read a document; the names of its keys tell what their values are."""
        if depth > DEEPEST:
            raise RecursionError
        if not path:
            self.whole = Whole(key, value, 0)
        if isinstance(value, dict):
            if "Statement" not in value:  # a policy document of AWS
                self._object(key, value, path, depth)
        elif isinstance(value, list):
            self._list(key, value, path, depth)
        elif isinstance(value, str):
            self._inner(key, value, path)
        elif value is UNKNOWN and not known.is_words(key) and not known.is_only_secret(key):
            self.found[Claim("unreadable", UNKNOWN, key, ".".join(path), path[:-1], given="sealed")] = None

    def _list(self, key: str, items: list[Any], path: tuple[str, ...], depth: int) -> None:
        """Read a list; one of variables is one block of settings, as it is where they stand in a mapping."""
        named = variables(items)
        if named:
            self._mapping(key, named, path, depth)
            return
        for index, item in enumerate(items):
            self.tree(key, item, (*path, str(index)), depth + 1)

    def _inner(self, key: str, text: str, path: tuple[str, ...]) -> None:
        """Read a text that stands in a document."""
        for claim in _claims_within(key, text):
            told = ".".join(filter(None, (".".join(path), claim.path)))
            self.found[claim._replace(path=told, block=(*path[:-1], *claim.block))] = None

    def _object(self, key: str, value: dict[str, Any], path: tuple[str, ...], depth: int) -> None:
        """Read a mapping, as a whole of its own where it is an object of Kubernetes."""
        outer = self.whole
        manifest = manifest_of(value)
        if manifest:
            self.whole = Whole(manifest, value, len(path))
        self._mapping(key, value, path, depth)
        self.whole = outer

    def _mapping(self, key: str, value: dict[str, Any], path: tuple[str, ...], depth: int) -> None:
        self.block(path, value)
        for words in run_by(value):
            self.command(words, path)
        variable = value.get("name")
        named = isinstance(variable, str) and isinstance(value.get("value"), str)
        file = value.get("path")
        for name, item in value.items():
            if item is None or item in EMPTY:
                self.block((*path, name), NOTHING)
            elif name in COMMANDS:
                self.commands((*path, name), item)
            if known.is_words(name) or (path and known.is_identity(path, name)):
                continue
            if key in known.WITH_HOST_KEYS or "://" in name:
                self._value("host", name)
            told = str(variable) if named and name == "value" else name
            if name == "content" and isinstance(file, str):
                told = file.rpartition("/")[2]  # a file that cloud-init or the like writes
            self.tree(told, item, (*path, name), depth + 1)

    def commands(self, path: tuple[str, ...], words: Any) -> None:
        """Read what the flags of a command leave out."""
        for told in commands(words):
            self.block(path, told)

    def block(self, path: tuple[str, ...], value: Mapping[str, Any]) -> None:
        """Read what the absence of settings in one block means."""
        whole = self.whole
        for claim in defaults(whole.head, path[whole.beginning :], value, whole.root):
            told = ".".join(filter(None, (*path, claim.path)))
            self.found[claim._replace(path=told, block=path)] = None

    def _claim(self, claim: Claim) -> None:
        key = claim.key or self.key
        does = effect(key) if claim.effect == "linked" else claim.effect
        self.found[claim._replace(key=key, effect=does)] = None

    def _lines(self, text: str) -> None:
        """Read a text of several words: what is a host by itself, then pairs of key and value."""
        text = known.AUTHORIZATION.sub(" ", known.TAIL_COMMENT.sub("", text))
        if ":" in text:
            text = known.WORDS_BLOCK.sub("", text)
        text = known.WORDS_FLOW.sub(without_words, known.WORDS_LINE.sub(without_words, text))
        self.key = ""
        self._anywhere(text)
        for key, value in (*known.PAIR.findall(text), *known.SPACED_PAIR.findall(text)):
            if "://" not in value:
                self._pair(key, value)
        for key, value in (*known.HOST_LINE.findall(text), *known.QUOTED_PAIR.findall(text)):
            if known.HOST_KEY.fullmatch(key) and "://" not in value:
                self._pair(key, value)
        for item in known.LIST_ITEM.findall(text):
            self._pair("", item)
        for code in known.REGION_FLAG.findall(text):
            self._place(code, "region")

    def _remote(self, remote: Remote) -> None:
        """Read a store that one word tells with all of its settings, which are a block of their own."""
        given = {"type": remote.kind, **dict(remote.options)}
        reader = _Reader()
        reader.whole = Whole("rclone", given, 0)
        reader.block(("remote",), given)
        for name, value in remote.options:
            reader.found |= dict.fromkeys(_claims_within(name, value))
        if remote.kind == "s3":
            reader.found |= dict.fromkeys(_claims_within("bucket", remote.bucket))
        block = (f"remote {remote.kind}:{remote.bucket}",)
        self.found |= {claim._replace(block=block): None for claim in reader.found}

    def _clients(self, text: str) -> bool:
        """Read a script command by command where one names its store's server; return whether one does."""
        if " " not in text or ("endpoint" not in text.lower() and "s3cmd" not in text):
            return False
        commands = [(words, endpoint_of(words)) for words in commands_of(text)]
        if not any(endpoint for _, endpoint in commands):
            return False
        for number, (words, endpoint) in enumerate(commands):
            reader = _Reader()
            reader.client(words, endpoint)
            block = (f"command {number}",) if endpoint else ()
            self.found |= {claim._replace(block=(*block, *claim.block)): None for claim in reader.found}
        return True

    def client(self, words: Sequence[str], endpoint: str | None) -> None:
        """Read one command; ``endpoint`` is the server of a store that it names."""
        self._lines(" ".join(words))
        for before, word in pairwise(("", *words)):
            self._value(before.lstrip("-") if before.startswith("--") else "", word.strip("'\"();"))
        if endpoint is not None:
            public = endpoint[:6].lower() == "https:"
            for host in hosts_in(endpoint) or ():
                self._claim(Claim("host", host, "endpoint", public=public))

    def command(self, words: Sequence[Any], path: tuple[str, ...] = ()) -> None:
        """Read what a command names by the grammar of its tool; ``path`` is where its container stands."""
        reader = _Reader()
        reader.ends(ends_of([word for word in words if isinstance(word, str)]))
        self.found |= {claim._replace(path=".".join(path), block=path): None for claim in reader.found}

    def ends(self, ends: Iterable[End]) -> None:
        """Read the ends that commands name."""
        self.key = ""
        for end in ends:
            if end.kind == "mail":
                self._mail(end.text)
            elif end.sure or is_most_likely_a_host(end.text):
                self._bare(end.text.replace(LATER, "${x}"), meant=True)

    def _value(self, key: str, text: str) -> None:
        """Read a single value."""
        text = known.AUTHORIZATION.sub(" ", text)
        option = known.OPTION.match(text)
        self.key = option[1] if option else key
        self._anywhere(text)
        self.key = key
        if len(text) > LONGEST_VALUE or (known.NAMING_KEY.fullmatch(key) and (" " in text or "=" in text)):
            return
        flags = text.lstrip("-")
        flag, equals, rest = flags.partition("=")
        if equals and rest and known.FLAG.fullmatch(flag):
            for pair in flags.split(";"):
                name, _, value = pair.partition("=")
                self._pair(name, value)
            if " " not in text:
                return
        for name, value in known.PAIR.findall(text) if " " in text else ():
            if "://" not in value:
                self._pair(name, value)
        self._pair(key, text)

    def _pair(self, key: str, text: str) -> None:
        """Read a value whose name tells what it is."""
        key = key[-LONGEST_KEY:]
        if known.is_words(key):
            return
        self.key = key
        meant = known.MEANINGS.get((key.upper(), text.strip().lower()))
        if meant is not None:
            self._host(meant)
        self._named(key, text)
        if ":" in text and "/" not in text and network_of(text) is not None:
            self._host(text)  # an address of version 6 without brackets
        elif known.HOST_KEY.fullmatch(key):
            for part in known.BETWEEN_HOSTS.split(known.NO_SCHEME.sub("", text)):
                self._bare(known.NO_SCHEME.sub("", part).strip("\"'").partition("/")[0], meant=True)
        elif not known.NAMING_KEY.fullmatch(key) and is_most_likely_a_host(text):
            self._bare(text)

    def _named(self, key: str, text: str) -> None:
        """Read what only the key shows: mailboxes, buckets, accounts, places."""
        if known.MAIL_KEY.fullmatch(key):
            self._mail(text)
        if known.BUCKET_KEY.fullmatch(key) and known.BUCKET_NAME.fullmatch(text.strip()):
            self._claim(Claim("bucket", text.strip(), effect="kept"))
        if known.ACCOUNT_KEY.fullmatch(key):
            for account in known.ACCOUNT.findall(text):
                self._claim(Claim("account", account))
        placing = known.REGION_KEY.fullmatch(key) or known.ZONE_KEY.fullmatch(key)
        if placing or not known.NAMING_KEY.fullmatch(key):
            for part in places_in(text) if placing else [text.strip()]:
                self._place(part, key)

    def _bare(self, text: str, *, meant: bool = False) -> None:
        """Read a host without a scheme, maybe with its port; a text without a dot is no host that leads out.

        ``meant``: the key says that it is a host, so an address in an odd spelling is one too.
        """
        if is_v6(alone := text.rpartition("@")[2]):
            self._host(alone)
            return
        ends = known.RANGE.fullmatch(text)
        if ends:
            self._host(ends[1])
            self._host(ends[2])
            return
        if is_class(text):
            return
        name, colon, port = (text.rpartition("@")[2] if meant else text).partition(":")
        host = known.VARIABLE.sub("x", name).lower().rstrip(".").removeprefix("*.")
        if (colon and port and not port[:1].isdigit()) or known.ENDS_LATER.search(name):
            return
        if meant and known.ODD_ADDRESS.fullmatch(host):
            self._host(host)
        if "." not in known.dotted(host):
            return
        if NUMBER.fullmatch(host) and network_of(host) is None and not (meant and known.ODD_ADDRESS.fullmatch(host)):
            return
        if (NAME.fullmatch(host) or not host.isascii()) and not host.endswith(known.API_GROUP):
            self._host(host)

    def _anywhere(self, text: str) -> None:
        """Read what shows by its own shape, wherever it stands in a text."""
        text = self._stores(plain(text))
        if "://" in text or ":@" in text:
            for found in known.ORACLE.finditer(text):
                self._hosts(found[0])
            for match in known.URL.finditer(text):
                self._url(match[1].lower(), match[2])
            text = known.URL.sub(" ", text)
        for host in known.TNS_HOST.findall(text) if "(" in text else ():
            self._bare(host, meant=True)
        if "." in text:
            for account in known.REGISTRY_OF.findall(text):
                self._claim(Claim("account", account))
            for host in dotted_hosts(self.key, text):
                self._host(host)
            for model in known.MODEL.finditer(text):
                self._claim(Claim("model", model[0]))
        self._marked(text)

    def _stores(self, text: str) -> str:
        """Read the buckets in a text, and return it without their URLs."""
        for store in stores_in(text):
            self._store(store)
        for bucket in known.BUCKET_ARN.findall(text) if ":::" in text else ():
            self._claim(Claim("bucket", bucket, effect="kept"))
        if "=" in text and known.AZURE_STORAGE.search(text) and not known.AZURE_ENDPOINT.search(text):
            self._claim(Claim("store", "azure"))
        return without_stores(text)

    def _store(self, store: Store) -> None:
        if store.host is not None and store.region is not None and LATER not in store.region:
            block = (f"s3://{store.bucket}",)  # the server answers for that region's name alone
            self._claim(Claim("host", store.host, "endpoint", block=block))
            self._claim(Claim("place", store.region, "region", block=block, effect="kept"))
            return
        if store.host is not None:
            self._host(store.host)
        elif store.bucket and known.VARIABLE.search(store.bucket) is None and LATER not in store.bucket:
            self._claim(Claim("bucket", store.bucket, effect="kept"))
        if store.region is not None and LATER not in store.region:
            self._claim(Claim("place", store.region, "region", effect="kept"))
        if store.password and not known.VARIABLE.search(store.password) and LATER not in store.password:
            self._claim(Claim("credential", None))

    def _marked(self, text: str) -> None:
        """Read what a mark beside it shows to be a host: a user before, a matcher or brackets around it."""
        if "@" in text and ":" in text and not known.MAIL_KEY.fullmatch(self.key):
            for host in known.SECURE_COPY.findall(text):
                self._host(host)
        for host in known.SHARE.findall(text) if "//" in text else ():
            self._host(host)
        for host in known.REMOTE_PATH.findall(text) if ":/" in text else ():
            if is_most_likely_a_host(host):
                self._host(host)
        for host in known.DEVICE.findall(text) if "/dev/" in text else ():
            self._bare(host, meant=True)
        for host in known.HOST_MATCHER.findall(text) if "Host" in text else ():
            self._bare(host)
        if text.count(":") > 1:
            for address in (*known.ADDRESS_V6.findall(text), *filter(is_v6, known.GLOBAL_V6.findall(text))):
                self._host(address)

    def _url(self, schemes: str, rest: str) -> None:
        scheme = schemes.rpartition(":")[2]
        if scheme in known.NO_HOST_SCHEMES:
            return
        if scheme in known.CLOUD_SCHEMES:
            self._claim(Claim("store", scheme))
            return
        account = known.ACCOUNT_IN_URL.match(rest)
        if account:
            self._claim(Claim("account", account[1] or account[2]))
        self._hosts(f"{schemes}://{known.VARIABLE.sub(LATER, rest)}", public=scheme in known.PUBLIC_SCHEMES)

    def _hosts(self, address: str, *, public: bool = False) -> None:
        """Read every host of an address; LATER stands for what is put in later."""
        for host in hosts_in(address) or ():
            name = host.rstrip(").;]}").lstrip("(")
            if name.count(":") == 1:
                name = name.partition(":")[0]  # a port with a bracket behind it, an image's tag
            if name.endswith(LATER):
                name = name.rstrip(LATER)
                if "." not in name or name.endswith((".", "-")) or LATER in name:
                    continue  # the end of a name decides whose it is, and here it is put together later
            if name not in ("", "+", "*"):  # empty and these: wherever the program itself listens
                self._host(name.replace(LATER, "x"), public=public)

    def _mail(self, text: str) -> None:
        for address in known.MAIL.finditer(text):
            self._claim(Claim("mail", address[0]))

    def _host(self, host: str, *, public: bool = False) -> None:
        self._claim(Claim("host", host, public=public))

    def _place(self, text: str, key: str) -> None:
        if known.is_place(key, text):
            self._claim(Claim("place", text, key))


def places_in(text: str) -> list[str]:
    """Return each of the places in a list of them: a JSON list, or words with commas, semicolons, blanks between."""
    listed = json_in(text)
    if isinstance(listed, list):
        return [item for item in listed if isinstance(item, str) and item]
    return [part for part in known.BETWEEN_PLACES.split(text.strip()) if part]


def manifest_of(value: Mapping[str, Any]) -> str:
    """Return GROUP/KIND of a Kubernetes object, nothing for any other mapping."""
    version, kind = value.get("apiVersion"), value.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str):
        return ""
    group, slash, _ = version.partition("/")
    return f"{group if slash else 'core'}/{kind}"


def place_code(text: str) -> str:
    """Return the code of a region or zone in a text that names one: in any case, or before an identifier."""
    before = known.ANY_CASE_REGION.fullmatch(text) or REGION_BEFORE.fullmatch(text)
    return before[1].lower() if before else text

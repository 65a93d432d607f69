"""The values of an exported state as a pack sees them: secrets, assets, references and numbers unwrapped.

Source: engine 3.259, DeserializePropertyValue (resource/stack/deployment.go) and MarshalPropertyValue
(resource/plugin/rpc.go); pulumi-policy 1.21, deserialize.py and proxy.py.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 (the engine's marks are no passwords)
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
BYTES: Final = "803fd3297a5875dc03ca845dda5d2a98"
FLOAT: Final = "8ad145fe-0d11-4827-bfd7-1abcbf086f5c"

UNREADABLE: Final = "[secret]"
"""What a pack gets in the place of a secret that the engine cannot decrypt."""

SENTINELS: Final = frozenset(
    {
        UNREADABLE,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""Texts that stand for a value that a pack cannot know."""

HIDING: Final = re.compile(r"\\u00(2d|3[0-9]|5[bd]|6[1-9]|7[234])|\\ud[89a-f]", re.IGNORECASE)
"""An escape that may hide a sentinel, or that is half of a letter; the engine's own (``<``, ``>``, ``&``) are none."""


class ValueProblem(Exception):  # noqa: N818 (as in Problem: something a user reads)
    """A value that the engine refuses to read; ``where`` is a text that stands near it."""

    def __init__(self, message: str, where: str = SIGNATURE) -> None:
        super().__init__(f"holds {message}; export the state again with `pulumi stack export`")
        self.where = where


def decode(text: str) -> tuple[Any, int]:
    """Return a JSON text as plain data, and how many encrypted secrets it holds (each is UNKNOWN).

    Raises json.JSONDecodeError, and ValueProblem for what the engine refuses or two readers may read differently.
    """
    encrypted = 0

    def encrypted_value() -> Any:
        nonlocal encrypted
        encrypted += 1
        return UNKNOWN

    def record(pairs: list[tuple[str, Any]]) -> Any:
        made = dict(pairs)
        if len(made) != len(pairs):
            seen: set[str] = set()
            twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise ValueProblem(f"the key '{twice}' twice in one object", twice)
        return _unwrapped(made, encrypted_value, loads) if SIGNATURE in made else made

    def loads(part: str) -> Any:
        return json.loads(part, object_pairs_hook=record, parse_float=_number, parse_constant=_no_number)

    try:
        return loads(text), encrypted
    except json.JSONDecodeError:
        raise
    except ValueError as error:  # a whole number of thousands of digits
        raise ValueProblem(f"a number that nobody can read ({error})") from None


def is_plain(text: str) -> bool:
    """Return whether a JSON text needs no `cleaned`: it holds no sentinel, and no escape that could hide one."""
    if "\\u" in text and HIDING.search(text) is not None:
        return False
    return not any(sentinel in text for sentinel in SENTINELS)


def cleaned(value: Any) -> Any:
    """Return plain data with UNKNOWN for each sentinel, and U+FFFD for what is no letter, as the engine reads it."""
    if isinstance(value, str):
        return UNKNOWN if value in SENTINELS else _letters(value)
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if type(value) is dict:
        return {_letters(key): cleaned(item) for key, item in value.items()}
    return _Content({key: cleaned(item) for key, item in value.items()}) if isinstance(value, _Content) else value


def _letters(text: str) -> str:
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _number(text: str) -> int | float:
    value = float(text)
    if math.isinf(value):
        raise ValueProblem(f"the number {text}, which is too large", text)
    return int(value) if value.is_integer() else value


def _no_number(text: str) -> Any:
    raise ValueProblem(f"{text}, which is no JSON", text)


def _unwrapped(made: dict[str, Any], encrypted: Callable[[], Any], loads: Callable[[str], Any]) -> Any:
    """Return what a signed object stands for. What stood inside is unwrapped already."""
    signature = made[SIGNATURE]
    if signature == SECRET:
        return _secret(made, encrypted, loads)
    if signature in (ASSET, ARCHIVE):
        return _asset(made)
    if signature == REFERENCE:
        return _reference(made)
    value = made.get("value")
    if signature in (BYTES, FLOAT) and not isinstance(value, str):
        raise ValueProblem("a signed value without 'value'")
    if signature == BYTES:
        return _text(str(value))
    if signature == FLOAT:
        return _float(str(value))
    raise ValueProblem(f"a value with the unknown signature {signature!r}")


def _secret(made: dict[str, Any], encrypted: Callable[[], Any], loads: Callable[[str], Any]) -> Any:
    plain, cipher = made.get("plaintext") or "", made.get("ciphertext") or ""
    if not isinstance(plain, str) or not isinstance(cipher, str) or bool(plain) == bool(cipher):
        raise ValueProblem("a malformed secret: it needs either 'plaintext' or 'ciphertext'")
    if cipher:
        return encrypted()
    try:
        return loads(plain)
    except json.JSONDecodeError:  # its text would show the secret
        raise ValueProblem("a secret whose plaintext is not JSON") from None


@dataclass(frozen=True, slots=True)
class LocalFile:
    """An asset or archive that was read beside the program: no place can be told of it, whatever its path says."""

    path: str


class _Content(dict[str, Any]):
    """An asset or archive that tells where it comes from, or what it holds."""


def _asset(made: dict[str, Any]) -> _Content | LocalFile:
    """Return an asset or archive as a pack sees it."""
    for name in ("path", "text", "uri") if made[SIGNATURE] == ASSET else ("path", "uri"):
        value = made.get(name)
        if value is not None and not isinstance(value, str):
            raise ValueProblem(f"an asset whose {name} is malformed")
        if value:
            return LocalFile(value) if name == "path" else _Content({name: value})
    if made[SIGNATURE] == ASSET:
        raise ValueProblem("an asset without path, text or uri")
    members = made.get("assets", {})
    if type(members) is not dict or not all(isinstance(member, _Content | LocalFile) for member in members.values()):
        raise ValueProblem("an archive with a member that is no asset")
    return _Content(assets=members)


def _reference(made: dict[str, Any]) -> str:
    """Return a reference to a resource as a pack sees it: the resource's id, else its URN."""
    urn = made.get("urn")
    id_ = made.get("id", {"V": None})
    if isinstance(id_, dict):  # an old engine's mistake
        id_ = id_.get("V")
        id_ = urn if id_ is None else "" if isinstance(id_, dict) else id_
    if not isinstance(urn, str) or not isinstance(id_, str):
        raise ValueProblem("a malformed reference to a resource")
    return id_


def _text(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        raise ValueProblem("bytes that are no text, which no pack can be shown") from None


def _float(value: str) -> int | float:
    try:
        (number,) = struct.unpack(">d", int(value, 16).to_bytes(8, "big"))
    except (ValueError, OverflowError):
        raise ValueProblem("a malformed number") from None
    if not math.isfinite(number):
        raise ValueProblem("a number that is none (NaN or infinite), which no pack can be shown")
    return int(number) if number.is_integer() else float(number)

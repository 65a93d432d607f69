"""Signed notes are those of C2SP: an independent reading of the specification, written here, agrees with ours."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from hosts.gateway.chain import Head
from hosts.gateway.note import NoteError, checkpoint_text, head_in, opened, parts_of, signed

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
NAME = "employees.hamar.gateway"
TEXT = checkpoint_text(NAME, Head(7, "ab" * 32))


def by_the_specification(note: str, name: str, raw: bytes) -> str | None:
    """Return the text of a note that a key has signed, by c2sp.org/signed-note alone; None where it is no good."""
    at = note.rfind("\n\n")
    if at < 0 or not note.endswith("\n"):
        return None
    text, block = note[: at + 1], note[at + 2 :]
    if any(ord(letter) < 32 and letter != "\n" for letter in note):
        return None
    good = False
    for line in block[:-1].split("\n"):
        words = line.split(" ")
        if len(words) != 3 or words[0] != "\u2014" or not words[1] or "+" in words[1]:
            return None
        try:
            signature = base64.b64decode(words[2], validate=True)
        except ValueError:
            return None
        if len(signature) < 5:
            return None
        wanted = hashlib.sha256(name.encode() + b"\x0a" + b"\x01" + raw).digest()[:4]
        if words[1] == name and signature[:4] == wanted:
            try:
                Ed25519PublicKey.from_public_bytes(raw).verify(signature[4:], text.encode())
            except InvalidSignature:
                return None
            good = True
    return text if good else None


def ours(note: str, name: str = NAME, key: Ed25519PrivateKey = KEY) -> str | None:
    try:
        return opened(note, {name: key.public_key()})
    except NoteError:
        return None


def both(note: str) -> str | None:
    found = ours(note)
    assert found == by_the_specification(note, NAME, KEY.public_key().public_bytes_raw())
    return found


def test_what_we_sign_reads_by_the_specification() -> None:
    assert both(signed(TEXT, NAME, KEY)) == TEXT


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]) | st.just("\n"), max_size=80))
def test_any_text_reads_by_the_specification(text: str) -> None:
    assert both(signed(f"{text}\n", NAME, KEY)) == f"{text}\n"


@given(st.data())
def test_a_note_with_a_changed_letter_is_read_alike(data: st.DataObject) -> None:
    note = signed(TEXT, NAME, KEY)
    at = data.draw(st.integers(0, len(note) - 1))
    letter = data.draw(st.sampled_from("\n \u2014+A=0\x00\u2028é") | st.characters(exclude_categories=["Cs"]))
    found = both(note[:at] + letter + note[at + 1 :])
    assert found in (None, TEXT)


SPOILED: dict[str, Callable[[str], str]] = {
    "nothing": lambda _: "",
    "no signature": lambda note: note.partition("\n\n")[0] + "\n",
    "no end": lambda note: note[:-1],
    "another text": lambda note: note.replace("7", "8", 1),
    "a hyphen for a dash": lambda note: note.replace("\u2014", "-"),
    "two spaces": lambda note: note.replace("\u2014 ", "\u2014  "),
    "no base64": lambda note: note[:-4] + "\u00e9==\n",
    "letters behind the base64": lambda note: note[:-1] + "!\n",
    "a line that is no signature": lambda note: note + "and so on\n",
    "carriage returns": lambda note: note.replace("\n", "\r\n"),
    "an empty line behind": lambda note: note + "\n",
    "a line separator of Unicode": lambda note: note[:-1] + "\u2028\n",
    "a good and a forged one of one key": lambda note: note + forged(),
}


def forged() -> str:
    return signed("another text\n", NAME, KEY).split("\n\n")[1]


@pytest.mark.parametrize("name", SPOILED)
def test_what_is_no_good_note_is_refused(name: str) -> None:
    assert both(SPOILED[name](signed(TEXT, NAME, KEY))) is None


def test_keys_that_nobody_knows_say_nothing() -> None:
    strange = signed(TEXT, "somebody", OTHER).split("\n\n")[1]
    note = signed(TEXT, NAME, KEY)
    assert both(note + strange) == TEXT
    assert both(f"{TEXT}\n{strange}") is None
    assert both(signed(TEXT, NAME, OTHER)) is None  # the name of a known key, and another key


def test_a_note_with_signatures_without_end_is_not_verified() -> None:
    line = signed(TEXT, NAME, KEY).split("\n\n")[1]
    with pytest.raises(NoteError, match="16 are the most"):
        parts_of(f"{TEXT}\n{line * 17}")


def test_an_opener_that_ignores_the_text_would_be_noticed() -> None:
    """The seeded bug of this family: a signature that is compared with another text."""
    note = signed(TEXT, NAME, KEY).replace("\n7\n", "\n9\n")
    assert note != signed(TEXT, NAME, KEY)
    assert both(note) is None


def test_a_checkpoint_names_its_head() -> None:
    head = Head(123_456_789, hashlib.sha256(b"x").hexdigest())
    assert head_in(checkpoint_text(NAME, head), NAME) == head
    assert head_in(checkpoint_text(NAME, Head()), NAME) == Head()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        f"{NAME}\n7\n",
        f"{NAME}\n7\nAAAA\n",
        f"{NAME}\n-7\n{'A' * 43}=\n",
        f"{NAME}\n+7\n{'A' * 43}=\n",
        f"{NAME}\n07\n{'A' * 43}=\n",
        f"{NAME}\n7_0\n{'A' * 43}=\n",
        f"{NAME}\n\uff17\n{'A' * 43}=\n",
        f"{NAME}\n 7\n{'A' * 43}=\n",
        f"{NAME}\n7\n{'A' * 43}=\nmore\n",
        f"{NAME}\n7\n{'A' * 43}=",
        f"{NAME}\n{'9' * 40}\n{'A' * 43}=\n",
        f"x\n7\n{'A' * 43}=\n",
    ],
)
def test_what_is_no_checkpoint_of_ours_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        head_in(text, NAME)

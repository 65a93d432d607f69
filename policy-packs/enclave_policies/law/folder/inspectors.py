"""What inspectors.yaml says against the jurisdiction's law, or against itself."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Final

from located_yaml.records import Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.law import Law
    from enclave_policies.law.access import Inspector, InspectorKey, InspectorsFile
    from enclave_policies.law.folder.document import LawFile, Where
    from located_yaml import Problem

SMALL: Final = frozenset(
    bytes.fromhex(text)[:31] + bytes([int(text[-2:], 16) & 0x7F])
    for text in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)
"""Ed25519 points of small order, without the sign bit: anybody can sign for them (RFC 8032, section 5.1.7)."""

NO_HOST: Final = "{} is not a country that may host (approved.yaml); choose an inspector under nobody else's orders"
OWN: Final = "{} is one of the enclave's own accounts (approved.yaml); an inspector reads from an account of its own"


def wrong_inspectors(file: LawFile[InspectorsFile], law: Law) -> list[Problem]:
    """Return the problems of a file of inspectors; the sandbox's own are read beside it, as their keys may clash."""
    report = Report(file.document)
    taken = {key: name for name, each in law.stand_in_inspectors.items() for key in each.keys}
    names = KeyNames(taken, "a key has one name")
    accepters = {
        b64decode(key.public): who for who, each in law.lifecycle.accepters.items() for key in each.keys.values()
    }
    for name, inspector in file.content.inspectors.items():
        at: Where = ("inspectors", name)
        for inside, message in _of(inspector, law):
            report.refuse((*at, *inside), message)
        for key_id, key in inspector.keys.items():
            for message in (*wrong_in(key), *names.wrong(name, key_id, key)):
                report.refuse((*at, "keys", key_id), message)
            if who := accepters.get(b64decode(key.public)):
                message = (
                    f"this is a key of '{who}', who accepts for the enclave (lifecycle.yaml); give the inspector's own"
                )
                report.refuse((*at, "keys", key_id), message)
    return report.problems


def _of(inspector: Inspector, law: Law) -> Iterator[tuple[Where, str]]:
    for part in ("country", "controlled_from"):
        code = getattr(inspector, part)
        if code not in law.countries:
            yield (part,), f"country '{code}' is not in countries.yaml; correct it"
        elif not law.approves(code):
            yield (part,), NO_HOST.format(f"{law.countries[code]} ({code})")
    for number, account in enumerate(inspector.accounts.aws):
        if law.owns_account(account):
            yield ("accounts", "aws", number), OWN.format(account)


class KeyNames:
    """Looks whether each key has one name, and each name one owner; ``taken`` are names with their owners already."""

    def __init__(self, taken: Mapping[str, str], rule: str) -> None:
        self.owners, self.names, self.rule = dict(taken), dict[bytes, str](), rule

    def wrong(self, owner: str, key_id: str, key: InspectorKey) -> Iterator[str]:
        """Yield what is wrong with a key beside those before it."""
        if (first := self.owners.setdefault(key_id, owner)) != owner:
            yield f"'{key_id}' is the name of a key of '{first}'; choose another"
        if (held := self.names.setdefault(b64decode(key.public), key_id)) != key_id:
            yield f"this is the key '{held}' again; {self.rule}"


def wrong_in(key: InspectorKey) -> Iterator[str]:
    """Yield what is wrong with a key by itself."""
    if key.begins is not None and key.ends is not None and key.ends < key.begins:
        yield f"it is valid until {key.ends}, which is before {key.begins}; correct one"
    raw = b64decode(key.public)
    if raw[:31] + bytes([raw[31] & 0x7F]) in SMALL:
        yield "this is a key for which anybody can sign; give the inspector's own"

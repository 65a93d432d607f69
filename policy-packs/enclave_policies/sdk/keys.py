"""What the installed SDK offers that looks like a key, and how much of it the table of encryption knows.

Run ``python -m enclave_policies.sdk.keys`` after an SDK upgrade: it prints the coverage, and ends with 1
where a person must judge a type or an input in policy-packs/key-custody/law/encryption.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from enclave_policies.catalog.encryption import CLASSES, read_encryption
from enclave_policies.law.folder.custody import SHIPPED
from enclave_policies.sdk.generate import sdk
from enclave_policies.sdk.roles import ancestors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from enclave_policies.catalog.encryption import Encryption
    from enclave_policies.sdk.source import SdkType

FOLDER: Final = SHIPPED / "law" / "encryption"
KEY_LIKE: Final = re.compile(
    r"(?i:kms|cmk|encrypt|customerManagedKey|customerKey|masterKey)|(?:^|\.)sse(?=[A-Z]|$)|Sse(?=[A-Z])"
    r"|(?:^|\.)key(?:Id|Arn|Identifier)s?$"
)
"""Inputs (by their whole path) that name a key or switch encryption on; meant to catch too much."""
ON_THE_WAY: Final = re.compile(
    r"(?i)in_?transit|transit_?encryption|NodeToNode|phase[12]Encryption|FieldLevelEncryptionId|InterContainer"
)
"""Encryption on the way, not at rest."""
KEY_OBJECTS: Final = "aws:kms/"
"""Keys themselves: their own rules ask them."""


@dataclass(frozen=True)
class Coverage:
    """How many types the SDK has, how many of each class, how many inputs look like a key; ``unknown``: the gaps."""

    types: int
    classes: Mapping[str, int]
    key_like: int
    unknown: tuple[str, ...]


def measure(folder: Path = FOLDER, types: Mapping[str, SdkType] | None = None) -> Coverage:
    """Compare the table in ``folder`` with the AWS SDK as it is installed now."""
    types = sdk("aws") if types is None else types
    table = read_encryption(folder)
    counted = Counter(table[token].kind for token in types if token in table)
    return Coverage(
        types=len(types),
        classes={kind: counted[kind] for kind in CLASSES},
        key_like=sum(1 for type_ in types.values() for _ in key_like(type_)),
        unknown=tuple(gaps(table, types)),
    )


def key_like(type_: SdkType) -> Iterator[str]:
    """Yield the inputs of a type that look like a key or a switch of encryption at rest."""
    for path in type_.inputs:
        if KEY_LIKE.search(path) and not ON_THE_WAY.search(path):
            yield path


def gaps(table: Mapping[str, Encryption], types: Mapping[str, SdkType]) -> Iterator[str]:
    """Yield one sentence for each type or input that nobody judged, and for each that the SDK no longer has."""
    for token, type_ in types.items():
        if token not in table:
            yield f"{token} is new: say in law/encryption how it is encrypted, or that it keeps no data"
        elif not token.startswith(KEY_OBJECTS):
            yield from _unjudged(token, type_, table[token])
    for token, known in table.items():
        if token in types:
            yield from _leftovers(token, known, types)
        else:
            yield f"{token} is in law/encryption and not in the SDK: remove it"


def _unjudged(token: str, type_: SdkType, known: Encryption) -> Iterator[str]:
    for path in key_like(type_):
        if path not in known.paths and not set(known.none).intersection(ancestors(path)):
            yield f"{token} has an input {path} that looks like a key: judge it in law/encryption (key, on, none)"


def _leftovers(token: str, known: Encryption, types: Mapping[str, SdkType]) -> Iterator[str]:
    for path in sorted(known.paths):
        if not _offers(types[token], path):
            yield f"{token} has no input {path}, which law/encryption tells about: remove it"
    for apart in known.apart:
        if apart.type not in types or not _offers(types[apart.type], apart.path):
            yield f"{apart.type} with an input {apart.path}, which {token} counts on, is not in the SDK: correct it"


def _offers(type_: SdkType, path: str) -> bool:
    """Whether a type has an input, an object of inputs, or a JSON text that may hold one."""
    below = f"{path}."
    if path in type_.inputs or any(each.startswith(below) for each in type_.inputs):
        return True
    return any("_builtins.str" in type_.inputs.get(above, "") for above in ancestors(path))


def coverage_lines(found: Coverage) -> Iterator[str]:
    """Yield the coverage as it is printed."""
    known = sum(found.classes.values())
    yield f"encryption at rest: {known:,}/{found.types:,} AWS types classified"
    for kind, number in found.classes.items():
        yield f"  {number:>5,} {kind}: {CLASSES[kind]}"  # type: ignore[index]
    yield f"  {found.key_like:>5,} inputs that look like a key or a switch of encryption at rest"
    yield f"{len(found.unknown)} unknown"
    yield from (f"  {sentence}" for sentence in found.unknown)


def main() -> int:
    """Print the coverage; return 1 where a person must judge something."""
    found = measure()
    sys.stdout.write("".join(f"{line}\n" for line in coverage_lines(found)))
    return 1 if found.unknown else 0


if __name__ == "__main__":
    raise SystemExit(main())

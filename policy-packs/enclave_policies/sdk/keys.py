"""How much of what the installed SDK offers the table of encryption knows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from enclave_policies.catalog.encryption import CLASSES
from enclave_policies.catalog.tables.key_looks import key_like

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.catalog.encryption import Encryption
    from enclave_policies.catalog.tables.sdk_type import SdkType


@dataclass(frozen=True)
class Coverage:
    """How many types the SDK has, how many of each class, how many inputs look like a key."""

    types: int
    classes: Mapping[str, int]
    key_like: int


def measure(table: Mapping[str, Encryption], types: Mapping[str, SdkType]) -> Coverage:
    """Count what ``table`` says of the types of an SDK."""
    counted = Counter(table[token].kind for token in types if token in table)
    return Coverage(
        types=len(types),
        classes={kind: counted[kind] for kind in CLASSES},
        key_like=sum(1 for type_ in types.values() for _ in key_like(type_)),
    )


def coverage_lines(found: Coverage) -> Iterator[str]:
    """Yield the coverage as it is printed."""
    yield f"encryption at rest: {sum(found.classes.values()):,}/{found.types:,} AWS types classified"
    for kind, meaning in CLASSES.items():
        yield f"  {found.classes[kind]:>5,} {kind}: {meaning}"
    yield f"  {found.key_like:>5,} inputs that look like a key or a switch of encryption at rest"

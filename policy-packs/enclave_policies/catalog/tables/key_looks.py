"""What looks like a key among the inputs of a type. Meant to catch too much: encryption/*.yaml says what each is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.catalog.tables.sdk_type import SdkType

KEY_LIKE: Final = re.compile(
    r"(?i:kms|cmk|encrypt|customerManagedKey|customerKey|masterKey)|(?:^|\.)sse(?=[A-Z]|$)|Sse(?=[A-Z])"
    r"|(?:^|\.)key(?:Id|Arn|Identifier)s?$"
)
"""Inputs (by their whole path) that name a key or switch encryption on."""
ON_THE_WAY: Final = re.compile(
    r"(?i)in_?transit|transit_?encryption|NodeToNode|phase[12]Encryption|FieldLevelEncryptionId|InterContainer"
)
"""Encryption on the way, not at rest."""
KEY_OBJECTS: Final = "aws:kms/"
"""Keys themselves: their own rules ask them."""


def key_like(type_: SdkType) -> Iterator[str]:
    """Yield the inputs of a type that look like a key or a switch of encryption at rest."""
    for path in type_.inputs:
        if KEY_LIKE.search(path) and not ON_THE_WAY.search(path):
            yield path

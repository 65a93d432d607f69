"""Every pack of this repository: its name, and the rules that it asks."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from enclave_policies.rules.jurisdiction import JURISDICTION
from enclave_policies.rules.key_custody import KEY_CUSTODY
from enclave_policies.rules.segmentation import SEGMENTATION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.judge import Question

PACKS: Final[Mapping[str, tuple[Question, ...]]] = {
    "jurisdiction": JURISDICTION,
    "key-custody": KEY_CUSTODY,
    "segmentation": SEGMENTATION,
}
EVERY: Final[tuple[Question, ...]] = tuple(chain.from_iterable(PACKS.values()))
"""What a judge asks that stands for all packs: the program's guard, an audit."""

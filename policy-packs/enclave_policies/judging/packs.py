"""Every pack of this repository: its name, the rules that it asks, and how its law is read."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

from enclave_policies.law.folder import load_law
from enclave_policies.law.folder.access import load_access_law, with_access
from enclave_policies.law.folder.custody import load_custody_law
from enclave_policies.rules.access import ACCESS
from enclave_policies.rules.jurisdiction import JURISDICTION
from enclave_policies.rules.key_custody import KEY_CUSTODY
from enclave_policies.rules.segmentation import SEGMENTATION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from enclave_policies.law import Law
    from enclave_policies.reading.rule import Question


@dataclass(frozen=True)
class Pack:
    """A pack: ``load`` reads its law from a folder, on a day (None: the shipped one, today)."""

    rules: tuple[Question, ...]
    load: Callable[[Path | None, date | None], Law]


PACKS: Final[Mapping[str, Pack]] = {
    "jurisdiction": Pack(JURISDICTION, lambda folder, day: load_law(folder, as_of=day)),
    "key-custody": Pack(KEY_CUSTODY, lambda folder, day: load_custody_law(folder, as_of=day)),
    "segmentation": Pack(SEGMENTATION, lambda _folder, day: load_law(as_of=day)),
    "access": Pack(ACCESS, lambda folder, day: load_access_law(folder, as_of=day)),
}
EVERY: Final[Pack] = Pack(
    tuple(chain.from_iterable(pack.rules for pack in PACKS.values())),
    lambda _folder, day: with_access(load_custody_law(as_of=day)),
)
"""What a judge asks that stands for all packs: the program's guard, an audit."""

"""The authorities whose law the enclave's data is under, and what they call what they ask for.

Sources: GDPR (EU) 2016/679, articles 30, 32 and 44 to 49; for Norway with the EEA Agreement, Joint Committee Decision
154/2018; UK GDPR and the Data Protection Act 2018; Swiss Federal Act on Data Protection (SR 235.1), articles 12 and 16
to 18.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True)
class Authority:
    """An authority: whose law it watches over, in which country, and where its law asks for the two documents."""

    id: str
    name: str
    country: str
    regime: Literal["eu", "uk", "ch"]
    law: str
    transfers: str
    processing: str
    letters: str
    security: str

    def asks(self, part: str) -> str:
        """Return which letter of the law asks for a part of the record of processing."""
        return f"{self.processing} ({self.letters[PARTS.index(part)]})"


PARTS: Final = ("controller", "purposes", "categories", "recipients", "transfers", "erasure", "measures")
"""The parts of a record of processing; ``letters`` has one for each."""
_GDPR: Final = ("chapter V (articles 44 to 49)", "article 30(1)", "abcdefg", "article 32(1)")
AUTHORITIES: Final = (
    Authority("dpc-ie", "Data Protection Commission", "IE", "eu", "GDPR", *_GDPR),
    Authority("datatilsynet-no", "Datatilsynet", "NO", "eu", "GDPR, as it applies in the EEA", *_GDPR),
    Authority("ico-gb", "Information Commissioner's Office", "GB", "uk", "UK GDPR", *_GDPR),
    Authority(
        "fdpic-ch",
        "Federal Data Protection and Information Commissioner",
        "CH",
        "ch",
        "Swiss Federal Act on Data Protection",
        "articles 16 to 18",
        "article 12(2)",
        "abcdgef",
        "article 8",
    ),
)

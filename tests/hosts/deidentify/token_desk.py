"""A desk at which tokens are made and turned back: a flow, vaults, a record, and grants that people sign."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from hosts.deidentify.reversal_terms import MEDIA_TYPE, ReversalTerms
from hosts.gateway.grant_terms import REVOCATION_KIND, Revocation, as_text
from hosts.gateway.granted import GRANT_FILE, REVOCATION_FILE
from tests.hosts.deidentify.desk import Desk
from tests.hosts.gateway.granting import key_of, sealed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hosts.deidentify.desk import Answer


def public(name: str) -> str:
    """Return the public key of a name, as a declaration has it."""
    return b64encode(key_of(name).public_key().public_bytes_raw()).decode()


REVERSAL: Final[dict[str, Any]] = {
    "enclave": "europe",
    "key": "tokens",
    "purposes": ["support"],
    "approvers": {name: public(name) for name in ("aoife", "magnus")},
}
CLAIMS: Final[dict[str, Any]] = {
    "flow": "claims",
    "class": "restricted",
    "purpose": "support",
    "recipient": "insurer",
    "country": "NO",
    "regimes": ["eu"],
    "measure": "tokenised",
    "reversal": REVERSAL,
    "sandbox": True,
}
FIELDS: Final[tuple[dict[str, Any], ...]] = (
    {"of": "claims", "field": "user", "do": "token"},
    {"of": "claims", "field": "phone", "do": "token"},
    {"of": "claims", "field": "plan", "do": "keep", "values": ["free", "plus", "family"]},
    {"of": "claims", "field": "at", "do": "day"},
)


def terms(**changes: Any) -> ReversalTerms:
    """Return the terms of a good grant, in force for an hour since a minute ago, but for some of them."""
    begins = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    made = ReversalTerms(
        "r-1", "europe", "kari", "claims", "w48", 5, (), "support", "INC-7", issued=begins, begins=begins, minutes=60
    )
    return replace(made, **changes)


@dataclass
class TokenDesk(Desk):
    """A desk with vaults, a record of what was turned back, and a folder of grants."""

    @property
    def vaults(self) -> Path:
        """The folder of vaults."""
        return self.folder / "vaults"

    @property
    def record(self) -> Path:
        """What was turned back."""
        return self.folder / "reversals.jsonl"

    @property
    def grants(self) -> Path:
        """The folder of grants."""
        return self.folder / "grants"

    def set_up(self) -> None:
        """Write a flow with tokens, and what its commands need."""
        super().set_up()
        self.write(self.schema, [CLAIMS, *FIELDS])
        self.vaults.mkdir()
        self.grants.mkdir()
        self.record.touch()

    def words(self, flow: str = "claims", epoch: str = "", key: Any = ("--stand-in",)) -> list[object]:
        """Return the words of our command, without files."""
        return [*super().words(flow, epoch, key), "--vault", self.vaults]

    def grant(self, *signers: str, **changes: Any) -> None:
        """Put a grant into the folder, signed by some; its terms are good but for the changes."""
        made = terms(**changes)
        file = self.grants / f"{made.id}{GRANT_FILE}"
        file.write_bytes(sealed(as_text(made), MEDIA_TYPE, *(signers or ("aoife",))))

    def revoke(self, *signers: str, name: str = "r-1") -> None:
        """Put a revocation into the folder."""
        document = Revocation(name, "europe", datetime.now(UTC).replace(microsecond=0))
        (self.grants / f"{name}{REVOCATION_FILE}").write_bytes(sealed(as_text(document), REVOCATION_KIND, *signers))

    def reverse(
        self, *tokens: str, epoch: str = "w48", grant: str = "r-1", flow: str = "claims", key: Any = ("--stand-in",)
    ) -> Answer:
        """Ask to turn tokens back."""
        words: list[object] = ["reverse", "--schema", self.schema, "--flow", flow, "--epoch", epoch, "--grant", grant]
        words += ["--grants", self.grants, "--record", self.record, "--vault", self.vaults, *key, *tokens]
        return self.ask(*words)

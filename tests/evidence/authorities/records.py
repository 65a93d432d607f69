"""A record with everything that an authority asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence.record.model import Contact, DataClass, Entity, Ground, Transfer
from tests.evidence.bundles import small

if TYPE_CHECKING:
    from evidence.record.model import Record


def transfer(who: str, source: str, target: str, **more: Any) -> Transfer:
    grounds = tuple(
        Ground(
            regime=regime,
            rule="to-america" if regime == "eu" else None,
            basis="contract-clauses" if regime == "eu" else None,
            words="contract clauses" if regime == "eu" else "no rule of the law covers it",
            adequate=f"{regime}: adequacy decision {regime}-us" if regime == "uk" else None,
            expires="2027-01-09" if regime == "eu" else None,
            days=41 if regime == "eu" else None,
        )
        for regime in ("eu", "uk", "ch")
    )
    told = {"what": "row 1", "movement": "remote_access", "source": f"site-{source}", "target": f"people in {target}"}
    return Transfer(
        **{**told, "who": who, "source_country": source, "target_country": target, "grounds": grounds, **more}
    )


def declared(**more: Any) -> Record:
    """The small record with everything that an authority asks about."""
    told = {
        "subjects": ("eu", "uk", "ch"),
        "contact": Contact(team="platform", email="platform@enclave.example"),
        "data_classes": (DataClass(name="restricted", examples=("phone number",)),),
        "purposes": ("support",),
        "entities": (Entity(name="harbour", country="IE", controlled_from="CN"),),
        "transfers": (
            transfer("harbour", "IE", "US", classes=("restricted",), purposes=("support",), needs=("ticket",)),
            transfer("hamar", "NO", "IE", movement="link"),
            transfer("abroad", "FR", "US", result="pseudonymise"),
        ),
        **more,
    }
    return small().model_copy(update={"enclave": small().enclave.model_copy(update=told)})

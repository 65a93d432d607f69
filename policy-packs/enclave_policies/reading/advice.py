"""What to do about a place that is refused, where more can be said than the rule's own remedy says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.identifiers.shown import revealed
from enclave_policies.places.aws_accounts import aws_accounts
from enclave_policies.places.twins import twin

if TYPE_CHECKING:
    from enclave_policies.reading.reading import Reading

SOME_REGION: Final = "an approved region"
"""Where a rule's remedy says so, a finding says which."""
MOST: Final = 3
"""Regions that a remedy names."""
ACCOUNT_DIGITS: Final = 12


def remedy_for(reading: Reading, remedy: str, where: str | None, host: str | None) -> str:
    """Return what to do: about an account of AWS itself, about an AWS host with a regional twin, else the remedy.

    ``where`` is the place's code (a region, an account, a host), ``host`` the AWS host that names it.
    """
    if where is not None and len(where) == ACCOUNT_DIGITS and where in aws_accounts():
        known = aws_accounts()[where]
        return f"{known.instead} (it is AWS's own account for {known.of}, and never the enclave's)"
    regions = regions_for(reading)
    address = revealed(host or where or "")
    other = twin(address, regions[0]) if regions and address else None
    if other is not None and address is not None:
        return f"use {other} instead of {address.lower()}"
    return remedy.replace(SOME_REGION, in_words(regions)) if regions else remedy


def regions_for(reading: Reading) -> tuple[str, ...]:
    """Return the approved region that the resource itself is in, else all approved ones."""
    approved, code = reading.law.approved_regions, reading.location.code
    own = [region for region in (code, code[:-1]) if region in approved] if isinstance(code, str) else []  # or its zone
    return tuple(own) or approved


def in_words(regions: tuple[str, ...]) -> str:
    """Return regions as a remedy names them."""
    if len(regions) == 1:
        return f"the region {regions[0]}"
    return f"one of the regions {', '.join(regions[:MOST])}{' …' if len(regions) > MOST else ''}"

"""The key that signs what a scheduled run leaves, and what is said where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.ci.needs import Need
from console.ci.report import lacking
from console.report.keys import signing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.inspect.keys import Held

KEY: Final = "ENCLAVE_EVIDENCE_KEY"


def signing_key(environment: Mapping[str, str]) -> tuple[tuple[Held, str] | None, str]:
    """Return the key and its name, or None and the sentence that says so. Raises ProblemsError where it cannot sign."""
    reference = environment.get(KEY, "")
    if not reference:
        return None, lacking("no bundle is signed", [Need.EVIDENCE])
    return signing(reference, sandbox=False), ""

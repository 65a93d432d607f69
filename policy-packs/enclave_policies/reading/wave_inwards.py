"""Why a wave may not be brought in to a site, whoever copies: it leads inwards, to a site that takes user data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.identifiers.shown import shown
from enclave_policies.reading.enclave import leaving_of, stages_of, waves_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law import Law
    from enclave_policies.reading.stack import Stack


def inwards(stack: Stack, law: Law, wave: str, site: str) -> Iterator[tuple[str, str]]:
    """Yield (``wave`` or ``site``, why it may not be, as the rest of a sentence)."""
    left, ends = leaving_of(stack), waves_of(stack).get(wave)
    brings = f"would bring wave {shown(wave)} to site {shown(site)}"
    if ends is None or ends[0] not in left or ends[1] != site or site in left:
        yield "wave", f"{brings}, which leads from no transitional site inwards"
    stage = stages_of(stack).get(site) or "at no known stage"
    if stage not in law.lifecycle.with_("takes"):
        wanted = " or ".join(law.lifecycle.with_("takes"))
        yield "site", f"{brings}, which is {stage}; user data goes to sites that are {wanted}"

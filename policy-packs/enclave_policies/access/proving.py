"""The proof of a bundle under a law, for whichever rule asks; Cedar is loaded only where a stack holds a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.law.folder.access import access_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.access.proof import Proof
    from enclave_policies.law import Law


def proved(files: Mapping[str, str], law: Law) -> Proof:
    """Return the proof of a bundle's files under a law. Raises ProblemsError where the law of access is damaged."""
    from enclave_policies.access.proof import proof_of  # noqa: PLC0415 (most audits hold no gateway)

    return proof_of(files, access_of(law).never, tuple(sorted(law.countries)))

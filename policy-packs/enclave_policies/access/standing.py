"""With what pods stand at a receiver: the account that it knows, and the declared way to find it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.access.declared import InCluster
    from enclave_policies.access.recognised import Pods
    from enclave_policies.reading.finding import Verdict

SITE: Final = "enclave/site"
Problem = tuple[str, str, "Verdict"]
"""A path among the inputs, what is wrong there as the rest of a sentence, and whether that is sure."""
ELSEWHERE: Final = "another way to find the receiver than the declared one"


def misplaced(pods: Pods, site: InCluster, who: str, account: str, otherwise: str) -> Iterator[Problem]:
    """Yield where pods have another account or another way than is declared.

    ``who`` is what runs in them, ``account`` theirs, ``otherwise`` what another account is called.
    """
    for name, wanted, what in (
        ("serviceAccountName", account, otherwise),
        ("hostAliases", list(site.at), ELSEWHERE),
    ):
        found: Any = pods.spec.get(name)
        if found is UNKNOWN:
            yield f"{pods.path}.{name}", f"may give the {who} {what}: nobody knows yet", "undetermined"
        elif found != wanted:
            yield f"{pods.path}.{name}", f"gives the {who} {what} ({name})", "fail"

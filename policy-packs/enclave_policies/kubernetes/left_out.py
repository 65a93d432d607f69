"""What an object of Kubernetes' own kinds leaves out, and is refused for (law/catalog/objects)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.law import Law


class Absence(NamedTuple):
    """What an absence means, as a sentence that begins with the object's name goes on, and what follows from it."""

    words: str
    verdict: Literal["fail", "undetermined"]


def left_out(found: KubernetesObject, rule: str, law: Law, *, cloud: bool) -> Iterator[Absence]:
    """Yield each input that a rule must refuse for not being there; a patch leaves out what it does not change.

    ``cloud``: a cloud runs the cluster.
    """
    if found.patch:
        return
    for told in law.objects.get(f"{found.group}/{found.kind}", ()):
        if told.rule == rule and told.is_refused_without(found.body, cloud=cloud):
            switch = told.left_out
            yield Absence(switch.words, "fail" if switch.verdict == "fail" else "undetermined")

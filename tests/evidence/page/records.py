"""Records that the page's tests show: small, hostile, with a whole network, and with very many resources."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from evidence.record.model import Network, Promise, Segment, Way
from tests.evidence.bundles import small

if TYPE_CHECKING:
    from evidence.record.model import Record

SEGMENTS = ("ingress", "gateway", "app", "store", "keys", "monitoring")
WAYS = (
    *(("person", "dublin-1/ingress", "tcp 443"), ("dublin-1/ingress", "dublin-1/gateway", "tcp 443")),
    *(("dublin-1/gateway", "dublin-1/app", "tcp 8443"), ("dublin-1/app", "dublin-1/store", "tcp 443, 5432")),
    *(("dublin-1/app", "dublin-1/keys", "tcp 443"), ("dublin-1/gateway", "dublin-1/monitoring", "tcp 443")),
    *(("dublin-1/monitoring", "dublin-1/app", "tcp 9100"), ("dublin-1/store", "dublin-1/store", "tcp 5432")),
    ("dublin-1/store", "hamar/store", "tcp 5432"),
)


@cache
def connected() -> Record:
    """Return the small record with a network that has ways up, down, round, and to another site."""
    enclave = small().enclave
    network = Network(
        known=True,
        ways=tuple(Way(source=source, target=target, ports=ports) for source, target, ports in WAYS),
        promises=(
            Promise(kind="must_deny", source="internet", target="dublin-1/store", on="everything", holds=True),
            Promise(kind="must_deny", source="person", target="dublin-1/store", on="everything", holds=True),
            Promise(kind="must_deny", source="dublin-1/app", target="dublin-1/keys", on="everything", holds=False),
            Promise(kind="must_permit", source="dublin-1/app", target="dublin-1/store", on="tcp 443", holds=None),
            Promise(kind="must_permit", source="person", target="dublin-1/ingress", on="tcp 443", holds=True),
            Promise(kind="must_cross", source="person", target="dublin-1/app", on="gateway", holds=True),
            Promise(kind="must_cross", source="person", target="dublin-1/store", on="gateway", holds=True),
        ),
    )
    segments = tuple(Segment(name=name, purpose=f"what {name} is for", classes=()) for name in SEGMENTS)
    return small().model_copy(update={"enclave": enclave.model_copy(update={"network": network, "segments": segments})})


def many(count: int) -> Record:
    """Return the small record with so many resources, of which every hundredth was refused."""
    record = small()
    good, bad = record.resources[0], record.resources[1]
    resources = []
    findings = []
    for number in range(count):
        of = bad if number % 100 == 0 else good
        name = f"bucket-{number}"
        urn = f"{of.urn.rpartition('::')[0]}::{name}"
        resources.append(of.model_copy(update={"name": name, "urn": urn}))
        if of is bad:
            findings.append(record.findings[0].model_copy(update={"resource": number}))
    passed = count - len(findings)
    told = {"resources": count, "passed": passed, "failed": len(findings), "undetermined": 0, "waived": 0}
    summary = record.summary.model_copy(update={**told, "unchecked": 0})
    return record.model_copy(
        update={"resources": tuple(resources), "findings": tuple(findings), "summary": summary, "not_checked": ()}
    )

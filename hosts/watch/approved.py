"""What was approved of an enclave, as one document: gateways, their rules, their records, and who is told.

It is JSON, so that a CronJob and a scheduled task read the same as `enclave watch`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from hosts.watch.errors import WatchError

if TYPE_CHECKING:
    from collections.abc import Mapping

KUBERNETES = "kubernetes"
AWS = "aws"


@dataclass(frozen=True)
class Approval:
    """A pair of digests that the inspector approved: the image's and the configuration bundle's (hex), up to a day."""

    image: str
    configuration: str
    until: str

    def holds(self, today: date) -> bool:
        """Whether it is still in force; its last day counts."""
        return today <= date.fromisoformat(self.until)


@dataclass(frozen=True)
class Gateway:
    """A gateway of a site: how many hosts it has, and what these may run; ``place`` is its namespace or its group."""

    site: str
    gateway: str
    place: str
    hosts: int
    approvals: tuple[Approval, ...] = ()
    record_key: str = ""
    """The public key of its checkpoints (Ed25519, base64); "" where nobody has told it."""


@dataclass(frozen=True)
class Site:
    """Where a site is read: ``kind`` is kubernetes or aws; ``rules`` maps each network rule to what it says."""

    name: str
    kind: str
    region: str = ""
    network: str = ""
    """The network (VPC) whose rules are read; "" for a cluster."""
    namespaces: tuple[str, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)
    record_bucket: str = ""
    record_prefix: str = ""
    record_region: str = ""
    record_endpoint: str = ""
    """Where the bucket is: a receiver of the inspector's (https://HOST); "" for AWS."""
    watch_seconds: int = 0
    """How often the site's watch runs by itself; 0: it does not."""
    watch_since: str = ""
    """When that was set up (ISO 8601)."""
    watch_key: str = ""
    """The public key by which it signs (Ed25519, base64); "" where nobody has told it."""
    watch_bucket: str = ""
    """Where its runs lie; "" where they lie beside the record."""
    watch_region: str = ""
    watch_prefix: str = ""


@dataclass(frozen=True)
class Approved:
    """All of an enclave; ``alerts`` are the addresses of those who are told (``sns:ARN`` or an Alertmanager's URL)."""

    enclave: str
    sites: tuple[Site, ...]
    gateways: tuple[Gateway, ...]
    alerts: tuple[str, ...] = ()

    def of(self, site: str) -> tuple[Gateway, ...]:
        """Return the gateways of a site."""
        return tuple(each for each in self.gateways if each.site == site)


def as_text(approved: Approved) -> str:
    """Return the document, the same for the same content."""
    return json.dumps(asdict(approved), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def approved_in(text: str) -> Approved:
    """Return what a document says. Raises WatchError."""
    try:
        data: dict[str, Any] = json.loads(text)
        gateways = tuple(
            Gateway(**{**each, "approvals": tuple(Approval(**one) for one in each["approvals"])})
            for each in data["gateways"]
        )
        sites = tuple(Site(**{**each, "namespaces": tuple(each["namespaces"])}) for each in data["sites"])
        for gateway in gateways:
            for approval in gateway.approvals:
                date.fromisoformat(approval.until)
        return Approved(str(data["enclave"]), sites, gateways, tuple(data["alerts"]))
    except (ValueError, KeyError, TypeError) as error:
        told = f"the document of what was approved is damaged ({type(error).__name__}: {error})"
        raise WatchError(f"{told}; write it anew with `enclave watch STACK --document`") from None

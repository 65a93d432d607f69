"""A site's declared receiver, as pods and judges are told: gateways ship there, and a watch starts by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hosts.watch.starting import Scheduled

if TYPE_CHECKING:
    from components.declaration.connections import Watched
    from components.declaration.model import Inspector, KubernetesSite, Receiver, Watch
    from components.site import SitePlan

HTTPS = 443


def receiver_url(receiver: Receiver) -> str:
    """Return the address of a receiver, as the shipper takes it."""
    port = "" if receiver.port == HTTPS else f":{receiver.port}"
    return f"https://{receiver.host}{port}/{receiver.bucket}"


def watch_start(site: str, watched: Watched, inspector: Inspector, watch: Watch) -> Scheduled:
    """Return how the watch of a site with a receiver starts by itself."""
    return Scheduled(site, receiver_url(watched.receiver), inspector.alerts, watch.minutes)


def host_aliases(plan: SitePlan[KubernetesSite]) -> list[dict[str, Any]]:
    """Return how pods find the receiver, and whoever takes alerts there: the cluster's resolver asks nobody outside."""
    receiver, inspector = plan.receiver, plan.declaration.inspector
    if receiver is None or inspector is None:
        return []
    names = sorted({receiver.host, str(urlsplit(inspector.alerts).hostname)})
    return [{"ip": str(receiver.address), "hostnames": names}]


def receiver_declared(plan: SitePlan[KubernetesSite]) -> dict[str, Any]:
    """Return the inputs of the inspection that are about the receiver; none where the record stays on the site."""
    if plan.receiver is None:
        return {}
    return {"receiver": receiver_url(plan.receiver), "receiverAt": host_aliases(plan)}

"""What a cluster runs of the gateways, and its network policies: read with an account that may only look."""

from __future__ import annotations

import http.client
import json
import ssl
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

from hosts.gateway.bundle import digest_of
from hosts.gateway.starting import DIGEST_ANNOTATION, config_map_of
from hosts.watch.errors import WatchError
from hosts.watch.rules import namespace_of, policy_rule
from hosts.watch.seen import Host, Running, SeenSite, digest_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hosts.watch.approved import Site

GATEWAY: Final = "app.kubernetes.io/name=gateway"
INSTANCE: Final = "app.kubernetes.io/instance"
PATIENCE: Final = 10.0
"""Seconds that the API server gets for an answer."""
PAGE: Final = "500"
"""Objects of one answer, as kubectl asks for them."""
OK, MISSING = 200, 404
POLICIES: Final = "/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies"
GONE: Final = frozenset({"Succeeded", "Failed"})
OWN: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
SERVER: Final = "https://kubernetes.default.svc"
"""Where a pod finds the account that it runs under, and the API server (Kubernetes, "Accessing the API from a Pod")."""


@dataclass(frozen=True)
class Cluster:
    """The API server of a site, asked with an account that may only look: ``context`` holds its CA, perhaps a key."""

    server: str
    context: ssl.SSLContext
    token: str = ""

    @classmethod
    def own(cls, folder: Path = OWN, server: str = SERVER) -> Cluster:
        """Return the cluster that this runs in, as the account in a folder. Raises WatchError."""
        try:
            context = ssl.create_default_context(cafile=str(folder / "ca.crt"))
            token = (folder / "token").read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise WatchError(f"this runs in no pod of a cluster ({error}); name a kubeconfig") from None
        return cls(server, context, token)

    def get(self, path: str, **query: str) -> Any:
        """Return what is at a path, as JSON. Raises WatchError."""
        found = self.find(path, **query)
        if found is None:
            raise WatchError(f"{path} cannot be read: there is no such place")
        return found

    def find(self, path: str, **query: str) -> Any:
        """Return what is at a path, as JSON, None where nothing is. Raises WatchError."""
        place = urlsplit(self.server)
        headers = {"Accept": "application/json", **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        connection = http.client.HTTPSConnection(
            str(place.hostname), place.port, timeout=PATIENCE, context=self.context
        )
        try:
            target = f"{place.path.rstrip('/')}{quote(path)}{f'?{urlencode(query)}' if query else ''}"
            connection.request("GET", target, headers=headers)
            answer = connection.getresponse()
            data = answer.read()
            if answer.status == MISSING:
                return None
            if answer.status != OK:
                raise WatchError(f"{path} cannot be read: the API server says {answer.status}")
            return json.loads(data)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise WatchError(f"{path} cannot be read ({type(error).__name__})") from None
        finally:
            connection.close()

    def every(self, path: str) -> Iterator[Any]:
        """Yield every object at a path, page by page. Raises WatchError, also where a page is lost on the way."""
        after: dict[str, str] = {}
        while True:
            page = self.get(path, limit=PAGE, **after)
            yield from page["items"]
            token = (page.get("metadata") or {}).get("continue")
            if not token:
                return
            after = {"continue": token}


def seen(site: Site, cluster: Cluster) -> SeenSite:
    """Return what runs on a site."""
    unread = []
    gateways: tuple[Running, ...] = ()
    rules: dict[str, str] = {}
    try:
        gateways = tuple(_gateways(site, cluster))
    except WatchError:
        unread.append("gateways")
    try:
        rules = dict(_rules(site, cluster))
    except WatchError:
        unread.append("rules")
    return SeenSite(site.name, gateways, rules, unread=tuple(unread))


def _rules(site: Site, cluster: Cluster) -> Iterator[tuple[str, str]]:
    """Yield every rule of the site's namespaces; elsewhere, as beside the resolver, other people have theirs."""
    for namespace in site.namespaces:
        for policy in cluster.get(POLICIES.format(namespace))["items"]:
            yield policy_rule(policy)
    for name in sorted(site.rules):
        if (namespace := namespace_of(name)) not in site.namespaces:
            found = cluster.find(f"{POLICIES.format(namespace)}/{name.rpartition('/')[2]}")
            yield from [] if found is None else [policy_rule(found)]


def _gateways(site: Site, cluster: Cluster) -> Iterator[Running]:
    hosts: dict[str, list[Host]] = defaultdict(list)
    known: dict[tuple[str, str], str] = {}
    for namespace in site.namespaces:
        for pod in cluster.get(f"/api/v1/namespaces/{namespace}/pods", labelSelector=GATEWAY)["items"]:
            if pod["metadata"].get("deletionTimestamp") or pod.get("status", {}).get("phase") in GONE:
                continue
            named = config_map_of(pod["spec"])
            if named and (namespace, named) not in known:
                known[namespace, named] = _digest(cluster, namespace, named)
            labels = pod["metadata"].get("labels") or {}
            hosts[labels.get(INSTANCE, "")].append(_host(pod, known.get((namespace, named), "")))
    for gateway, found in sorted(hosts.items()):
        yield Running(gateway, tuple(sorted(found, key=lambda host: host.name)))


def _digest(cluster: Cluster, namespace: str, name: str) -> str:
    """Return the digest of a bundle; "" where there is none of this name."""
    items = cluster.get(f"/api/v1/namespaces/{namespace}/configmaps", fieldSelector=f"metadata.name={name}")["items"]
    return digest_of(items[0].get("data") or {}) if items else ""


def _host(pod: Mapping[str, Any], configuration: str) -> Host:
    spec, status = pod["spec"], pod.get("status", {})
    conditions = {each["type"]: each["status"] for each in status.get("conditions") or ()}
    every = [*(spec.get("initContainers") or ()), *spec["containers"], *(spec.get("ephemeralContainers") or ())]
    return Host(
        pod["metadata"]["name"],
        frozenset(digest_in(container["image"]) for container in every),
        (pod["metadata"].get("annotations") or {}).get(DIGEST_ANNOTATION, ""),
        configuration,
        conditions.get("Ready") == "True",
    )

"""Stand-in for the shippers of a gateway's hosts: one record here stands for that of each host, under its name.

To a receiver outside AWS each ships by a token of its own pod, which the API server makes: a kubelet would ask for it.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import time
from http.client import HTTPException
from pathlib import Path
from typing import Final

from hosts.ending import await_end, hold_signals
from hosts.gateway.bucket import Bucket
from hosts.gateway.receiver import Receiver
from hosts.gateway.shipping import EVERY, Shipper, prefix_of
from hosts.gateway.starting import SHIPPER_ACCOUNT, TOKEN_SECONDS
from sandbox.services.gateways import DELIVERED
from sandbox.services.kubernetes_api import KubernetesApi

CREATED: Final = 201
SOON: Final = 1.0
"""Seconds between two looks until something was delivered: the authorizer begins at the same time."""


class Tokens:
    """The token of each pod's shipper, in a file, renewed as a kubelet does: at four fifths of its time."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._api = KubernetesApi(int(options.cluster), Path(options.pki))
        self._namespace, self._audience = options.namespace, options.audience
        self._made: dict[str, float] = {}
        self._folder = Path(options.folder)

    def file(self, pod: str) -> Path:
        """Return the file of a pod's token."""
        return self._folder / f"token-{pod}"

    def renew(self, pod: str) -> None:
        """Write a token that is good for a while. Raises OSError."""
        if time.monotonic() < self._made.get(pod, 0.0):
            return
        at = f"/api/v1/namespaces/{self._namespace}"
        try:
            found = self._api.read(f"{at}/pods/{pod}")
            if found is None:
                raise OSError(f"there is no pod {pod} in {self._namespace}")
            bound = {"kind": "Pod", "apiVersion": "v1", "name": pod, "uid": found["metadata"]["uid"]}
            spec = {"audiences": [self._audience], "expirationSeconds": TOKEN_SECONDS, "boundObjectRef": bound}
            body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
            status, text = self._api.request("POST", f"{at}/serviceaccounts/{SHIPPER_ACCOUNT}/token", body)
        except HTTPException as error:
            raise OSError(f"the API server does not answer ({type(error).__name__})") from None
        if status != CREATED:
            raise OSError(f"the API server makes no token for {pod}: {text[:200]}")
        self.file(pod).touch(mode=0o600)
        self.file(pod).write_text(json.loads(text)["status"]["token"], encoding="ascii")
        self._made[pod] = time.monotonic() + TOKEN_SECONDS * 0.8


class Delivery:
    """A receiver, entered by a pod's own token."""

    def __init__(self, to: str, tokens: Tokens, pod: str) -> None:
        self._tokens, self._pod = tokens, pod
        self._receiver = Receiver(to, tokens.file(pod), pod)

    def put(self, key: str, data: bytes) -> None:
        """Write an object. Raises OSError."""
        self._tokens.renew(self._pod)
        self._receiver.put(key, data)


def main() -> None:
    """Ship until a signal comes."""
    parser = argparse.ArgumentParser(prog="shipping")
    for name in ("folder", "site", "gateway"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("bucket", "region", "endpoint", "to", "trusts", "audience", "namespace", "cluster", "pki"):
        parser.add_argument(f"--{name}")
    parser.add_argument("hosts", nargs="+")
    options = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    hold_signals()
    own = {"AWS_CA_BUNDLE": options.trusts} if options.to else {}
    os.environ.update({"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox", **own})
    tokens = Tokens(options) if options.to else None
    folder, origin = Path(options.folder), f"{options.gateway}.{options.site}.gateway"
    shippers = [
        Shipper(
            folder / "record.jsonl",
            folder / "checkpoint",
            origin,
            Delivery(options.to, tokens, host) if tokens else Bucket(options.bucket, options.region, options.endpoint),
            prefix_of(options.gateway, host),
            folder / f"shipped-{host}.json",
        )
        for host in options.hosts
    ]
    (folder / DELIVERED).unlink(missing_ok=True)
    while True:
        for shipper in shippers:
            shipper.tried()
        begun = all(shipper.delivered for shipper in shippers)
        if begun:
            (folder / DELIVERED).touch()
        if await_end(EVERY if begun else SOON):
            return


if __name__ == "__main__":
    main()

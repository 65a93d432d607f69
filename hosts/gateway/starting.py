"""How the programs of a gateway start: their exact commands, and the places where they find what they need.

Whoever makes hosts reads it here, and whoever judges them: image and bundle are approved by digest, and what else could
be said at the start is said here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from hosts.gateway.bundle import ENVOY as CONFIGURATION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SOCKET: Final = "/run/enclave/authorizer/authorizer.sock"
DEIDENTIFIER: Final = "/run/enclave/authorizer/deidentifier.sock"
"""Where the authorizer's process takes the answers that leave de-identified."""
ADMIN: Final = "/run/enclave/authorizer/envoy-admin.sock"
"""Where Envoy is told to drain before it ends. Only its own user may connect, and no setting can be changed there."""
FRONT_FILE: Final = "front.json"
DIGEST_ANNOTATION: Final = "enclave/bundle-digest"
"""Of pods: the digest of the bundle that they insist on."""
CONFIG_MAP: Final = "configMap"
SECRET: Final = "secret"  # noqa: S105  a kind of volume
MEMORY: Final = "emptyDir"
CLAIM: Final = "persistentVolumeClaim"
PROJECTED: Final = "projected"
HOST_FILE: Final = "/etc/hostname"
"""Where a container finds the name of its pod."""
TOKEN_FILE: Final = "token"  # noqa: S105  a file's name
TOKEN_SECONDS: Final = 3600
"""How long the shipper's token lasts; the cluster renews it before."""
SHIPPER_ACCOUNT: Final = "record-shipper"
"""The service account of pods that ship: it has no right in the cluster."""


@dataclass(frozen=True)
class Place:
    """A folder that a container sees: its volume's name, its path, and the kind of volume that lies there."""

    volume: str
    path: str
    kind: str
    written: bool = False


BUNDLE: Final = Place("bundle", "/etc/enclave/bundle", CONFIG_MAP)
TLS: Final = Place("tls", "/etc/enclave/tls", SECRET)
"""Where a host keeps its certificates: server, device and upstream authorities. They are no part of the bundle."""
SOCKETS: Final = Place("socket", str(PurePosixPath(SOCKET).parent), MEMORY, written=True)
RECORD: Final = Place("record", "/var/lib/enclave/record", CLAIM, written=True)
GRANTS: Final = Place("grants", "/etc/enclave/grants", CONFIG_MAP)
RECEIVER: Final = Place("receiver-token", "/var/run/secrets/enclave/receiver", PROJECTED)
"""The token for the inspector's receiver, which the shipper alone sees."""
FRONT_PLACE: Final = Place("configuration", "/etc/enclave/front", CONFIG_MAP)


@dataclass(frozen=True)
class Program:
    """A container that runs a program: its name, its command and what it sees."""

    name: str
    command: tuple[str, ...]
    places: tuple[Place, ...]


# "immediate": else Envoy would close few connections at first, and drain for ten minutes.
ENVOY: Final = Program(
    "envoy",
    (
        *("envoy", "--config-path", f"{BUNDLE.path}/{CONFIGURATION}"),
        *("--disable-hot-restart", "--drain-strategy", "immediate"),
    ),
    (BUNDLE, TLS, SOCKETS),
)
FRONT: Final = Program(
    "front",
    ("envoy", "--config-path", f"{FRONT_PLACE.path}/{FRONT_FILE}", "--disable-hot-restart"),
    (FRONT_PLACE,),
)
SHIPPER: Final = "shipper"
"""The name of the container that ships the record."""
DRAIN: Final = ("enclave-gateway", "drain", "--admin", ADMIN)
READY: Final = ("enclave-gateway", "ready", "--socket", SOCKET)


def config_map_of(pod: Mapping[str, Any]) -> str:
    """Return the ConfigMap that holds a pod's bundle, by the pod's specification; "" where it names none."""
    volumes = pod.get("volumes") or ()
    mounted = (each[CONFIG_MAP]["name"] for each in volumes if each["name"] == BUNDLE.volume and CONFIG_MAP in each)
    return next(mounted, "")


def authorizer(digest: str) -> Program:
    """Return the authorizer that insists on the bundle of a digest."""
    flags = {
        "bundle": BUNDLE.path,
        "digest": digest,
        "record": f"{RECORD.path}/record.jsonl",
        "checkpoint": f"{RECORD.path}/checkpoint",
        "grants": GRANTS.path,
        "alerts": f"{RECORD.path}/alerts.jsonl",
        "socket": SOCKET,
        "key": f"{TLS.path}/checkpoint.key",
    }
    words = ("enclave-gateway", "serve", *(f"--{flag}={value}" for flag, value in flags.items()))
    return Program("authorizer", words, (BUNDLE, TLS, SOCKETS, RECORD, GRANTS))


def shipper(site: str, gateway: str, to: str) -> Program:
    """Return what ships the record to a receiver, ``to`` is https://HOST/BUCKET; it sees no key and no bundle."""
    flags = {
        "record": f"{RECORD.path}/record.jsonl",
        "checkpoint": f"{RECORD.path}/checkpoint",
        "site": site,
        "gateway": gateway,
        "host-file": HOST_FILE,
        "to": to,
        "token": f"{RECEIVER.path}/{TOKEN_FILE}",
    }
    words = ("enclave-gateway", "ship", *(f"--{flag}={value}" for flag, value in flags.items()))
    return Program(SHIPPER, words, (RECORD, RECEIVER))


def shipped_to(command: Sequence[Any]) -> dict[str, str]:
    """Return what a shipper's command says of site, gateway and receiver, "" where it says nothing."""
    said = dict(word.removeprefix("--").split("=", 1) for word in command if isinstance(word, str) and "=" in word)
    return {name: said.get(name, "") for name in ("site", "gateway", "to")}


def audience_of(to: str) -> str:
    """Return whom a receiver's token is for: the receiver itself, https://HOST."""
    return "/".join(to.split("/", 3)[:3])


def receiver_token(to: str) -> dict[str, Any]:
    """Return the volume of the token: of the pod's own account, for one receiver and nobody else."""
    token = {"audience": audience_of(to), "expirationSeconds": TOKEN_SECONDS, "path": TOKEN_FILE}
    return {"sources": [{"serviceAccountToken": token}]}

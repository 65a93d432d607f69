"""Two sites on this machine: for each a gateway, an application, and a store with the objects that it answers with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from hosts.gateway import dsse
from hosts.gateway.bundle import ENVOY, SETTINGS
from hosts.gateway.grant_terms import GRANT_KIND, as_text, made
from hosts.gateway.granted import GRANT_FILE
from hosts.gateway.signed_terms import shown
from sandbox.certificates import write_certificate
from sandbox.failover.declared import declared
from sandbox.failover.follower import Follower
from sandbox.gateways.approvers import key_of
from sandbox.gateways.client import Client, device_of
from sandbox.gateways.station import Station, Surroundings, free_port
from sandbox.migration.stand_ins import FolderStore, profile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.failover.seen import End
    from sandbox.gateways.client import Answer, Person
    from sandbox.gateways.running import Running
    from sandbox.services.identity_provider import IdentityProvider

STACK: Final = "failover"
ORDER: Final = ("dublin-1", "hamar")
BUCKETS: Final = {"dublin-1": "europe-dublin-1-store-111122223333", "hamar": "people"}
REGIONS: Final = {"dublin-1": "eu-west-1", "hamar": "us-east-1"}
OFFICE: Final = "10.200.1.17"
"""An address of the offices that the local stack declares."""
_PARTS: Final = ("envoy", "authorizer", "upstream")
_ENCLAVE: Final = Path(sys.executable).parent / "enclave"


@dataclass
class Site:
    """One site: its gateway with the application behind it, and its store."""

    name: str
    station: Station
    store: FolderStore
    up: bool = False

    def start(self) -> None:
        """Start the store, then what reads it."""
        self.store.start()
        self.station.start()
        self.up = True

    def kill(self) -> None:
        """Kill everything of it at once, as a site that loses its power."""
        self.up = False
        for part in _PARTS:
            self.station.end(part, kill=True)
        self.store.kill()

    @property
    def pids(self) -> list[int]:
        """The numbers of its processes."""
        return [*(self.station.pid(part) for part in _PARTS), self.store.pid or 0] if self.up else []

    @property
    def ends(self) -> list[End]:
        """Where it is reached: the gateway, the application behind it, the store behind that."""
        return [("127.0.0.1", port) for port in (self.station.port, self.station.upstream_port, self.store.port)]

    def entries(self) -> list[dict[str, Any]]:
        """Return the decisions in its record."""
        text = self.station.record.read_text(encoding="utf-8") if self.station.record.exists() else ""
        found = [json.loads(line) for line in text.splitlines() if line.endswith("}")]
        return [entry for entry in found if entry.get("kind") == "decision"]


@dataclass
class Place:
    """Both sites, the people before them, and the commands that copy."""

    folder: Path
    identity: IdentityProvider
    copier: Path
    sites: dict[str, Site]
    surroundings: Surroundings
    enclave: str
    evidence: Path = field(init=False)

    def __post_init__(self) -> None:
        """Write what the commands are told."""
        self.evidence = self.folder / "evidence"
        (self.folder / f"{STACK}.yaml").write_text(declared([(BUCKETS["dublin-1"], BUCKETS["hamar"])]), "utf-8")
        write_certificate(self.folder / "server-ca.pem", self.surroundings.servers.certificate)

    @classmethod
    def made(
        cls, folder: Path, running: Mapping[str, Running], identity: IdentityProvider, tools: tuple[Path, Path]
    ) -> Place:
        """Return both sites, nothing of which runs yet; ``tools`` are the copier's and the store's programs."""
        surroundings = Surroundings()
        ports = {site: free_port() for site in ORDER}
        profiles = folder / "profiles"
        urls = {site: f"http://127.0.0.1:{port}" for site, port in ports.items()}
        profiles.write_text("".join(profile(site, REGIONS[site], urls[site]) for site in ORDER), encoding="utf-8")
        sites = {}
        for site in ORDER:
            files = running[site].files
            serving = ("--profiles", str(profiles), "--profile", site, "--bucket", BUCKETS[site])
            station = Station(folder / site, files, surroundings, _host(files), told=True, serving=serving)
            sites[site] = Site(
                site, station, FolderStore(tools[1], folder / f"{site}-store", ports[site], REGIONS[site])
            )
        enclave = json.loads(running[ORDER[0]].files[SETTINGS])["enclave"]
        return cls(folder, identity, tools[0], sites, surroundings, enclave)

    def client(self, site: str) -> Any:
        """Return a client of a site's store."""
        session = boto3.Session(aws_access_key_id="standin", aws_secret_access_key="standin-secret")  # noqa: S106
        impatient = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})
        return session.client(
            "s3", region_name=REGIONS[site], endpoint_url=self.sites[site].store.url, config=impatient
        )

    def buckets(self) -> None:
        """Make the bucket of each site, which keeps versions."""
        for site, bucket in BUCKETS.items():
            client = self.client(site)
            where = {"CreateBucketConfiguration": {"LocationConstraint": REGIONS[site]}} if site != "hamar" else {}
            client.create_bucket(Bucket=bucket, **where)
            client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    def write(self, site: str, numbers: Sequence[int], word: str = "first") -> None:
        """Write records at a site."""
        client = self.client(site)
        for number in numbers:
            body = json.dumps({"id": number, "phone_number": f"+353 1 {number:07}", "written": word}).encode()
            client.put_object(Bucket=BUCKETS[site], Key=key(number), Body=body, ContentType="application/json")

    def ask(self, person: Person, number: int, grant: str = "", order: Sequence[str] = ORDER) -> tuple[str, Answer]:
        """Ask for a record, in the declared order of sites or another; return which one answered."""
        device = device_of(self.folder, self.surroundings.devices, self.enclave, person.device)
        authority = self.folder / "server-ca.pem"
        clients = {name: Client(self.sites[name].station.port, authority, device, OFFICE) for name in order}
        headers = {**person.headers(self.identity), **({"enclave-grant": grant} if grant else {})}
        return Follower(order, clients).get(f"/records/{key(number)}", headers)

    def grant(self, gateway: str, approver: str) -> str:
        """Put a grant that names both sites where each gateway looks, signed by the stand-in of an approver."""
        told = {
            "id": "g-failover",
            "enclave": self.enclave,
            "requester": "kari",
            "gateway": gateway,
            "sites": list(ORDER),
            "classes": ["restricted"],
            "purpose": "support",
            "ticket": "ENC-115",
            "issued": shown(datetime.now(UTC).replace(microsecond=0)),
            "begins": shown(datetime.now(UTC).replace(microsecond=0)),
            "minutes": 60,
            "break_glass": False,
        }
        terms = made(told)
        envelope = dsse.unsigned(as_text(terms), GRANT_KIND)
        dsse.sign(envelope, approver, key_of(approver))
        for site in self.sites.values():
            (site.station.grants / f"{terms.id}{GRANT_FILE}").write_bytes(dsse.written(envelope))
        return terms.id

    def failover(self, step: str, *replicas: str) -> tuple[int, dict[str, Any], str]:
        """Run `enclave failover`; return its exit code, its document and its lines."""
        words = [step, STACK, *replicas, "--declaration", str(self.folder / f"{STACK}.yaml")]
        more = ["--rclone", str(self.copier)] if step == "sync" else []
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        where = {"AWS_CONFIG_FILE": str(self.folder / "profiles"), "ENCLAVE_EVIDENCE": str(self.evidence)}
        done = subprocess.run(
            [str(_ENCLAVE), "failover", *words, *more, "--json"],
            capture_output=True,
            text=True,
            check=False,
            env={**kept, **where},
        )
        if not done.stdout:
            raise RuntimeError(f"`enclave failover {step}` ended with {done.returncode}: {done.stderr}")
        return done.returncode, json.loads(done.stdout), f"$ enclave failover {' '.join((step, STACK, *replicas))}"

    def stop(self) -> None:
        """End everything."""
        for site in self.sites.values():
            site.up = False
            site.station.stop()
            site.store.kill()


def key(number: int) -> str:
    """Return the key of a record."""
    return f"phone_number/{number}"


def _host(files: Mapping[str, str]) -> str:
    """Return the host name that the routes' services have in Envoy's configuration."""
    clusters = json.loads(files[ENVOY])["static_resources"]["clusters"]
    named = [each["transport_socket"]["typed_config"]["sni"] for each in clusters if "transport_socket" in each]
    return str(named[0])

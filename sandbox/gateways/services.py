"""The gateways of a sandbox as services: each of its sites' own, kept running and found again like moto."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from hosts.gateway.bundle import ENVOY
from hosts.gateway.receiver import place_of
from hosts.gateway.starting import audience_of
from hosts.watch.starting import KEY_FILE
from sandbox.certificates import PEM, issue, kept_authority
from sandbox.gateways.found import gateways
from sandbox.gateways.station import Station, Surroundings, kept_key
from sandbox.register import read as read_register
from sandbox.services import ports, supervisor
from sandbox.services.gateways import (
    DIGITS,
    PARTS,
    RECEIVER,
    SHIPPER,
    WATCH,
    Started,
    end,
    folder_of,
    port_file,
    readiness,
    service_name,
    started,
    watch_folder,
    write,
)
from sandbox.services.service import Service

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sandbox.gateways.running import Running
    from sandbox.layout import Layout

_TIMEOUT: Final = 30.0  # seconds


def start(layout: Layout, sites: Collection[str]) -> tuple[tuple[Started, ...], tuple[str, ...]]:
    """Keep the gateways of these sites running as their clouds hold them; return them, and what is wrong with others.

    One whose digest has changed begins again; one that its hosts would refuse stays as it was; those of other sites
    end.
    Raises NoSandboxError, SandboxError and OSError.
    """
    wanted = [each for each in gateways(layout) if each.site in sites]
    before, now, problems = started(layout), {}, []
    end(layout, [name for name in before if name not in {each.name for each in wanted}])
    chosen = _ports(layout, [each.name for each in wanted])
    surroundings = Surroundings.kept(layout.gateways / "authorities")
    services: list[Service] = []
    for each in wanted:
        refused = _refused(layout, each) or each.wrong
        if refused:
            problems.append(f"gateway {each.gateway} of {each.site} is not started anew: {refused}; {each.mends}")
            if each.name in before:
                now[each.name] = before[each.name]
            continue
        pair = (chosen[service_name(each.name, "envoy")], chosen[service_name(each.name, "upstream")])
        station = _station(layout, each, surroundings, pair)
        services += _services(each.name, station)
        if each.receiver:
            services.append(_receiver(layout, each, chosen[service_name(each.name, RECEIVER)]))
        ships = bool((each.records or each.receiver) and each.hosts)
        if ships:
            services.append(_shipper(layout, each, station, chosen))
        watches = each.watched and bool(each.receiver) and not any(one.site == each.site for one in now.values())
        if watches:
            services.append(_watch(layout, each, chosen))
        known = Started(each.site, each.gateway, each.digest, pair[0], ships, bool(each.receiver), watches)
        now[each.name] = known
    write(layout, {**before, **now} if services else now)
    supervisor.bring_up(layout, services)
    write(layout, now)
    return tuple(now.values()), tuple(problems)


def troubles(layout: Layout) -> tuple[str, ...]:
    """Return where what a cloud holds is no longer what runs here, as sentences. Raises NoSandboxError and OSError."""
    known = started(layout)
    if not known:
        return ()
    read_register(layout.register)
    held = {each.name: each for each in gateways(layout)}
    found = []
    for name, each in known.items():
        who, there = f"gateway {each.gateway} of {each.site}", held.get(name)
        if there is None:
            found.append(f"{who} runs, and its cloud holds it no longer; `make up` ends it or makes it anew")
        elif there.wrong:
            found.append(f"{who}: somebody changed it behind our back: {there.wrong}; {there.mends}")
        elif there.digest != each.digest:
            new, old = there.digest[:DIGITS], each.digest[:DIGITS]
            found.append(f"{who} runs bundle {old}, and its cloud holds {new}; `make up` starts that one")
    return tuple(found)


def _station(layout: Layout, running: Running, surroundings: Surroundings, pair: tuple[int, int]) -> Station:
    known = Started(running.site, running.gateway, running.digest, pair[0])
    folder, upstream = folder_of(layout, known), json.loads(running.files[ENVOY])["static_resources"]["clusters"][-1]
    host = upstream["transport_socket"]["typed_config"]["sni"] if "transport_socket" in upstream else "localhost"
    record = layout.gateways / known.name / "record"
    return Station(folder, running.files, surroundings, host, told=True, ports=pair, record=record)


def _services(gateway: str, station: Station) -> list[Service]:
    listening = {"upstream": station.upstream_port, "envoy": station.port}
    return [
        Service(
            service_name(gateway, part),
            tuple(station.command(part)),
            listening.get(part),
            readiness(station.folder, part, listening.get(part)),
            timeout=_TIMEOUT,
        )
        for part in PARTS
    ]


def _receiver(layout: Layout, running: Running, port: int) -> Service:
    """Return the stand-in for a receiver of the inspector's: TLS by the sandbox's own authority, and what S3 keeps."""
    folder = layout.gateways / "receivers"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    tls = folder / f"{running.name}{PEM}"
    if not tls.exists():
        authority = kept_authority(folder / f"authority{PEM}", "receivers")
        issue(folder, running.name, authority, hosts=["localhost", ports.LOOPBACK])
    options = {
        "port": port,
        "tls": tls,
        "cluster-key": layout.pki / "service-account.pub",
        "audience": audience_of(running.receiver),
        "store": read_register(layout.register).aws_endpoint,
        "bucket": place_of(running.receiver)[1],
        "alerts": folder / f"{running.name}-alerts.jsonl",
    }
    words = (sys.executable, "-P", "-m", "sandbox.gateways.receiver", *_flags(options))
    return Service(
        service_name(running.name, RECEIVER), words, port, readiness(folder, RECEIVER, port), timeout=_TIMEOUT
    )


def _shipper(layout: Layout, running: Running, station: Station, chosen: Mapping[str, int]) -> Service:
    register = read_register(layout.register)
    where: dict[str, object] = {"folder": station.kept_in, "site": running.site, "gateway": running.gateway}
    if running.receiver:
        port = chosen[service_name(running.name, RECEIVER)]
        where |= {
            "to": f"https://localhost:{port}/{place_of(running.receiver)[1]}",
            "trusts": layout.gateways / "receivers" / f"authority{PEM}",
            "audience": audience_of(running.receiver),
            "namespace": running.namespace,
            "cluster": urlsplit(register.kubernetes[running.site].server).port,
            "pki": layout.pki,
        }
    else:
        where |= {"bucket": running.records, "region": running.region, "endpoint": register.aws_endpoint}
    words = (sys.executable, "-P", "-m", "sandbox.gateways.shipping", *_flags(where), *running.hosts)
    ready = readiness(station.folder, SHIPPER, None)
    return Service(service_name(running.name, SHIPPER), words, None, ready, timeout=_TIMEOUT)


def _watch(layout: Layout, running: Running, chosen: Mapping[str, int]) -> Service:
    """Return the stand-in for the pods of a site's own watch, with a key that the inspector would put there."""
    folder = watch_folder(layout, running.site)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept_key(folder / KEY_FILE)
    port = chosen[service_name(running.name, RECEIVER)]
    where: dict[str, object] = {
        "folder": folder,
        "site": running.site,
        "to": f"https://localhost:{port}/{place_of(running.receiver)[1]}",
        "trusts": layout.gateways / "receivers" / f"authority{PEM}",
        "audience": audience_of(running.receiver),
        "cluster": urlsplit(read_register(layout.register).kubernetes[running.site].server).port,
        "pki": layout.pki,
    }
    words = (sys.executable, "-P", "-m", "sandbox.gateways.watching", *_flags(where))
    return Service(service_name(running.name, WATCH), words, None, readiness(folder, WATCH, None), timeout=_TIMEOUT)


def _flags(options: Mapping[str, object]) -> list[str]:
    return [f"--{name}={value}" for name, value in options.items()]


def _refused(layout: Layout, running: Running) -> str:
    """Return why a host in AWS would not take its bundle: the gateway's own program is asked, "" where it would."""
    if not running.place.startswith("s3://"):
        return ""
    folder = layout.gateways / running.name / "fetched"
    shutil.rmtree(folder, ignore_errors=True)
    url = f"{read_register(layout.register).aws_endpoint}/{running.place.removeprefix('s3://')}"
    flags = ["--from", url, "--region", running.region, "--digest", running.digest, "--bundle", str(folder)]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "hosts.serving", "fetch", *flags],
        capture_output=True,
        text=True,
        check=False,
        env={"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox"},
    )
    return done.stderr.strip().splitlines()[-1] if done.returncode else ""


def _ports(layout: Layout, names: Iterable[str]) -> dict[str, int]:
    wanted = [service_name(name, part) for name in names for part in ("envoy", "upstream", RECEIVER)]
    running = {name for name in wanted if supervisor.running(layout, name)}
    chosen = ports.choose(wanted, ports.read(port_file(layout)), running)
    port_file(layout).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    ports.write(port_file(layout), chosen)
    return chosen

"""A whole sandbox: start it, stop it, ask how it is."""

from __future__ import annotations

import datetime
import os
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from filelock import FileLock

from sandbox.register import Cluster, Register
from sandbox.register import write as write_register
from sandbox.services import (
    apiserver,
    controller_manager,
    etcd,
    kubeconfig,
    kwok,
    moto,
    nodes,
    owner,
    pki,
    ports,
    process,
    scheduler,
    supervisor,
)
from sandbox.services.errors import SandboxError
from sandbox.services.files import write_whole
from sandbox.services.kubernetes_api import KubernetesApi
from sandbox.services.layout import Layout
from sandbox.services.service import Plan, Service

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CLUSTER = "hamar"
_COMPONENTS = (controller_manager, scheduler, kwok)  # each needs a working API server
_MODULES = (moto, etcd, apiserver, *_COMPONENTS)
SERVICES = tuple(module.NAME for module in _MODULES)
_NODES_TIMEOUT = 30.0  # seconds
_GRACE = 5.0  # seconds
_TOOLS = (etcd.NAME, apiserver.NAME, controller_manager.NAME, scheduler.NAME, kwok.NAME)


@dataclass(frozen=True)
class ServiceStatus:
    """How one service is: `running`, `not answering`, `dead` (it should run) or `stopped`; `port` None if never started."""

    name: str
    state: str
    pid: int | None
    port: int | None
    log: Path


def start(directory: Path | str, tools: Mapping[str, Path], *, owner_pid: int | None = None) -> Register:
    """Make every service of the sandbox healthy and return its register; quick when it already is.

    With `owner_pid` the sandbox ends when that process does, however it ends.

    Raises:
        SandboxError: a service could not be brought to work.
    """
    layout = Layout.of(directory)
    layout.root.mkdir(parents=True, exist_ok=True)
    with _alone(layout):
        if owner_pid is not None:
            owner.watch(layout, owner_pid)
        pki.ensure(layout.pki)
        plan = Plan(layout, _ports(layout), {name: tools[name] for name in _TOOLS}, Path(sys.executable))
        _write_kubeconfigs(plan)
        first = [module.service(plan) for module in (moto, etcd, apiserver)]
        records = supervisor.bring_up(layout, first)
        supervisor.bring_up(layout, [module.service(plan) for module in _COMPONENTS])
        _ensure_nodes(plan)
        register = _register(plan, records[moto.NAME].identity)
        _write_law(layout.law, register)
        write_register(layout.register, register)
        return register


def stop(directory: Path | str) -> None:
    """End every process of the sandbox; what Kubernetes remembers stays on disk, what moto remembers is gone."""
    layout = Layout.of(directory)
    if not layout.pids.is_dir():
        return
    with _alone(layout):
        layout.register.unlink(missing_ok=True)
        layout.law.unlink(missing_ok=True)
        records = {name: record for name in (*SERVICES, owner.NAME) if (record := supervisor.running(layout, name))}
        # A watcher that calls this must not end itself before its work is done.
        first = [r for name, r in records.items() if name != etcd.NAME and r.pid != os.getpid()]
        process.end(first, _GRACE)
        process.end([r for name, r in records.items() if name == etcd.NAME], _GRACE)
        for name in (*SERVICES, owner.NAME):
            supervisor.record_path(layout, name).unlink(missing_ok=True)


def status(directory: Path | str) -> tuple[ServiceStatus, ...]:
    """Tell how each service is, without changing anything."""
    layout = Layout.of(directory)
    remembered = ports.read(layout.ports)
    plan = Plan(
        layout, dict.fromkeys(_port_names(), 0) | remembered, dict.fromkeys(_TOOLS, Path()), Path(sys.executable)
    )
    return tuple(_status_of(module.service(plan), layout, remembered) for module in _MODULES)


def _status_of(service: Service, layout: Layout, remembered: Mapping[str, int]) -> ServiceStatus:
    record = process.read(supervisor.record_path(layout, service.name))
    alive = record is not None and record.process() is not None
    if record is None:
        state = "stopped"
    elif not alive:
        state = "dead"
    else:
        state = "running" if service.ready() else "not answering"
    return ServiceStatus(
        service.name,
        state,
        record.pid if record and alive else None,
        remembered.get(service.name),
        supervisor.log_path(layout, service.name),
    )


@contextmanager
def _alone(layout: Layout) -> Iterator[None]:
    with FileLock(layout.lock):
        yield


def _port_names() -> tuple[str, ...]:
    return (*SERVICES, etcd.PEER)


def _ports(layout: Layout) -> dict[str, int]:
    running = {name for name in SERVICES if supervisor.running(layout, name)}
    if etcd.NAME in running:
        running.add(etcd.PEER)
    remembered = ports.read(layout.ports)
    chosen = ports.choose(_port_names(), remembered, running)
    if chosen != remembered:
        ports.write(layout.ports, chosen)
    return chosen


def _write_kubeconfigs(plan: Plan) -> None:
    directory = plan.layout.pki
    kubeconfig.write(plan.layout.kubeconfig, plan.apiserver, directory, "admin")
    for user in ("controller-manager", "scheduler", "kwok"):
        kubeconfig.write(directory / f"{user}.kubeconfig", plan.apiserver, directory, user)


def _ensure_nodes(plan: Plan) -> None:
    api = KubernetesApi(plan.ports[apiserver.NAME], plan.layout.pki)
    deadline = time.monotonic() + _NODES_TIMEOUT
    try:
        nodes.create(api)
        while not nodes.all_ready(api):
            if time.monotonic() > deadline:
                log = supervisor.log_path(plan.layout, kwok.NAME)
                raise SandboxError(
                    f"Hamar's nodes are not ready after {_NODES_TIMEOUT:.0f} s. The end of {log}:\n{supervisor.tail(log)}"
                )
            time.sleep(0.1)
    except (OSError, RuntimeError) as error:
        raise SandboxError(f"Hamar's nodes could not be created: {error}. Run `make up` again.") from error


def _register(plan: Plan, generation: str) -> Register:
    return Register(
        generation=generation,
        aws_endpoint=f"http://{ports.LOOPBACK}:{plan.ports[moto.NAME]}",
        aws_account=moto.ACCOUNT,
        kubernetes={
            CLUSTER: Cluster(
                server=plan.apiserver,
                ca_sha256=pki.fingerprint(plan.layout.pki / "ca.crt"),
                kubeconfig=plan.layout.kubeconfig,
            )
        },
    )


def _write_law(path: Path, register: Register) -> None:
    said: dict[str, Any] = {
        "stand_in": True,
        "source": "the local sandbox of this checkout",
        "as_of": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }
    clusters = {
        name: {"ca_sha256": cluster.ca_sha256, "country": "NO", "site": name, "server": cluster.server, **said}
        for name, cluster in register.kubernetes.items()
    }
    content = {"clusters": clusters, "aws_endpoints": [{"url": register.aws_endpoint, **said}]}
    write_whole(path, yaml.safe_dump(content, sort_keys=False, default_flow_style=False))

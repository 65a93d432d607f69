"""A whole sandbox: start it, and stop it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from filelock import FileLock

from sandbox import sockets
from sandbox.layout import Layout
from sandbox.register import Cluster, NoSandboxError, Register
from sandbox.register import read as read_register
from sandbox.register import write as write_register
from sandbox.services import (
    apiserver,
    controller_manager,
    encryption,
    etcd,
    gateways,
    hsm,
    inspector,
    kubeconfig,
    kwok,
    launchers,
    law,
    mark,
    moto,
    nodes,
    organization,
    owner,
    pki,
    ports,
    process,
    supervisor,
)
from sandbox.services.catalog import COMPONENTS, FOUNDATION, NAMES, PORT_NAMES, keys
from sandbox.services.errors import SandboxError
from sandbox.services.identity_provider import IdentityProvider
from sandbox.services.service import Place

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.services.kubernetes_api import KubernetesApi
    from sandbox.toolchain import Toolchain

CLUSTER = "hamar"
_NODES_TIMEOUT = 30.0  # seconds
_GRACE = 5.0  # seconds
_PAUSE = 0.1  # seconds
_PRIVATE = 0o700


def start(directory: Path | str, tools: Toolchain, *, owner_pid: int | None = None) -> Register:
    """Make every service of the sandbox healthy and return its register; quick when it already is.

    With `owner_pid` the sandbox ends when that process does, however it ends.

    Raises:
        NotASandboxError: the folder is somebody else's.
        SandboxError: a service could not be brought to work.
    """
    layout = Layout.of(directory)
    mark.claim(layout)
    for folder in (layout.root, layout.state):
        folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
    with FileLock(layout.lock):
        place = _prepared(layout, owner_pid)
        launchers.write(layout, tools)
        try:
            encryption.ensure(layout, tools)
            return _bring_up(place, tools)
        except SandboxError:
            # Nobody shall rely on what an earlier start has written.
            layout.register.unlink(missing_ok=True)
            layout.law.unlink(missing_ok=True)
            raise


def start_control_plane(directory: Path | str, tools: Toolchain, *, owner_pid: int) -> KubernetesApi:
    """Start the API server and its controllers alone: they make pods, and nobody places or plays them.

    `stop` ends it, and so does the end of the owner. Raises NotASandboxError, SandboxError.
    """
    layout = Layout.of(directory)
    mark.claim(layout)
    for folder in (layout.root, layout.state):
        folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
    with FileLock(layout.lock):
        place = _prepared(layout, owner_pid)
        for module in (etcd, apiserver, controller_manager):
            supervisor.bring_up(layout, [module.service(place, tools)])
        return apiserver.api(place)


def _prepared(layout: Layout, owner_pid: int | None) -> Place:
    """Return a sandbox's place with its certificates and ports; it ends with its owner, where there is one."""
    if owner_pid is not None:
        owner.watch(layout, owner_pid)
    pki.ensure(layout.pki)
    place = Place(layout, _ports(layout))
    _write_kubeconfigs(place)
    return place


def stop(directory: Path | str) -> None:
    """End every process of the sandbox; what Kubernetes remembers stays on disk, what moto remembers is gone.

    Nothing happens where no sandbox was started.
    """
    layout = Layout.of(directory)
    if not (mark.is_marked(layout) and layout.pids.is_dir()):
        return
    with FileLock(layout.lock):
        layout.register.unlink(missing_ok=True)
        layout.law.unlink(missing_ok=True)
        everything = (*NAMES, *gateways.service_names(layout), owner.NAME)
        records = {name: record for name in everything if (record := supervisor.running(layout, name))}
        memory = records.pop(etcd.NAME, None)
        # A watcher that calls this must not end itself before its work is done.
        process.end([record for record in records.values() if record.pid != os.getpid()], _GRACE)
        process.end([memory] if memory else [], _GRACE)
        for name in everything:
            supervisor.record_path(layout, name).unlink(missing_ok=True)
        gateways.clear_sockets(layout, gateways.started(layout))
        sockets.clear(layout.hsm / hsm.SOCKET)


def _bring_up(place: Place, tools: Toolchain) -> Register:
    supervisor.bring_up(place.layout, [module.service(place, tools) for module in keys(place.layout)])
    records = supervisor.bring_up(place.layout, [module.service(place, tools) for module in FOUNDATION])
    supervisor.bring_up(place.layout, [module.service(place, tools) for module in COMPONENTS])
    _ensure_nodes(place)
    register = _register(place, records[moto.NAME].identity)
    law.write(place.layout.law, register, inspector.ensure(place.layout))
    write_register(place.layout.register, register)
    return register


def _ports(layout: Layout) -> dict[str, int]:
    running = {name for name in NAMES if supervisor.running(layout, name)}
    if etcd.NAME in running:
        running.add(etcd.PEER)
    remembered = ports.read(layout.ports)
    chosen = ports.choose(PORT_NAMES, remembered, running)
    if chosen != remembered:
        ports.write(layout.ports, chosen)
    return chosen


def _write_kubeconfigs(place: Place) -> None:
    directory = place.layout.pki
    kubeconfig.write(place.layout.kubeconfig, place.apiserver, directory, "admin")
    for user in ("controller-manager", "scheduler", "kwok"):
        kubeconfig.write(directory / f"{user}.kubeconfig", place.apiserver, directory, user)


def _ensure_nodes(place: Place) -> None:
    api = apiserver.api(place)
    deadline = time.monotonic() + _NODES_TIMEOUT
    try:
        nodes.create(api)
    except (OSError, RuntimeError) as error:
        raise SandboxError(f"Hamar's nodes could not be created: {error}. Run `make up` again.") from error
    while not nodes.all_ready(api):
        if time.monotonic() > deadline:
            log = supervisor.log_path(place.layout, kwok.NAME)
            raise SandboxError(
                f"Hamar's nodes are not ready after {_NODES_TIMEOUT:.0f} s. The end of {log}:\n"
                f"{supervisor.tail(log)}\nRead the log, then run `make up` again."
            )
        time.sleep(_PAUSE)


def _register(place: Place, generation: str) -> Register:
    layout = place.layout
    fingerprint = pki.fingerprint(layout.pki / "ca.crt")
    endpoint = f"http://{ports.LOOPBACK}:{place.ports[moto.NAME]}"
    return Register(
        generation=generation,
        aws_endpoint=endpoint,
        aws_account=moto.ACCOUNT,
        kubernetes={CLUSTER: Cluster(place.apiserver, fingerprint, layout.kubeconfig)},
        organization_root=_remembered_root(layout, generation) or organization.ensure(endpoint),
        identity=IdentityProvider(layout.gateways / "identity.json").described,
    )


def _remembered_root(layout: Layout, generation: str) -> str | None:
    """Return the root that this moto told at an earlier start."""
    try:
        register = read_register(layout.register)
    except NoSandboxError:
        return None
    return register.organization_root if register.generation == generation else None

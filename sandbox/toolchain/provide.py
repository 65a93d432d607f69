"""Have every tool ready: use the official Pulumi, take finished tools from the cache, build the rest."""

from __future__ import annotations

import os
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.toolchain import official as official_pulumi
from sandbox.toolchain import softhsm as soft_hsm
from sandbox.toolchain.build import Build
from sandbox.toolchain.cache import Cache, damage, default_root, read_manifest
from sandbox.toolchain.go import Go, find
from sandbox.toolchain.key import key
from sandbox.toolchain.process import stop_all
from sandbox.toolchain.progress import Progress
from sandbox.toolchain.table import (
    ETCDCTL_TOOL,
    KUBERNETES_TOOL,
    KWOK_TOOL,
    PROVIDER_TOOL,
    PULUMI_TOOL,
    TOOLS,
    GoTool,
)

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.toolchain.official import Official

_MEMORY_FOR_TWO = 6 * 2**30  # bytes; a linker of these programs takes up to 2 GiB


@dataclass(frozen=True)
class Toolchain:
    """Absolute paths of the tools, and where each came from; `language_host` is None where ours must serve.

    `softhsm` is the PKCS#11 library of the stand-in for an HSM; None where there is none or Python cannot use it.
    """

    pulumi: Path
    language_host: Path | None
    python_exec: Path | None
    kubernetes_provider: Path
    kube_apiserver: Path
    kube_controller_manager: Path
    kube_scheduler: Path
    kubectl: Path
    etcd: Path
    etcdctl: Path
    kwok: Path
    softhsm: Path | None
    origins: dict[str, str]
    notes: tuple[str, ...] = ()


def ensure(progress: Progress | None = None, cache: Cache | None = None) -> Toolchain:
    """Every tool, ready to run; builds what is missing (minutes), or raises ToolchainError with the next step."""
    cache = cache or Cache(default_root())
    search = official_pulumi.search((cache.root,))
    wanted = tuple(tool for tool in TOOLS if not (search.found and tool is PULUMI_TOOL))
    if any(damage(cache.entry(tool.name, key(tool)), tool.products) for tool in wanted):
        if progress is None:
            with Progress() as own:
                build_missing(wanted, cache, own)
        else:
            build_missing(wanted, cache, progress)
    notes = (search.reason,) if search.reason else ()
    return _locate(cache, search.found, notes)


def build_missing(tools: tuple[GoTool, ...], cache: Cache, progress: Progress) -> None:
    """Build the tools that the cache lacks, two at a time; the first failure ends the others."""
    missing = []
    for tool in tools:
        entry = cache.entry(tool.name, key(tool))
        problem = damage(entry, tool.products)
        if problem and entry.exists():
            progress.say(f"{tool.name} in the cache is damaged ({problem}) and is built again")
        if problem:
            missing.append(tool)
    if not missing:
        return
    go = find(cache, progress)
    with ThreadPoolExecutor(max_workers=_workers()) as pool:
        futures = [pool.submit(ensure_tool, tool, cache, go, progress) for tool in missing]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        except BaseException:  # a signal: the threads wait for their compilers
            pool.shutdown(wait=False, cancel_futures=True)
            stop_all()
            raise
        failure = next((error for future in done if (error := future.exception())), None)
        if failure:
            pool.shutdown(wait=False, cancel_futures=True)
            stop_all()
            raise failure
    progress.say(f"{cache.root / 'go'} is needed no more until a tool changes: `make prune` gives its gigabytes back")


def ensure_tool(tool: GoTool, cache: Cache, go: Go, progress: Progress) -> Path:
    """The finished cache entry of one tool; builds it unless another set-up has just done so."""
    name, own_key = tool.name, key(tool)
    entry = cache.entry(name, own_key)

    def waiting() -> None:
        progress.say(f"{name}: another set-up is building it; waiting for its result")

    with cache.locked(name, own_key, waiting):
        if damage(entry, tool.products) is None:
            return entry
        build = Build(tool, go, cache)
        with progress.step(f"downloading the Go modules of {name} {tool.version}") as step:
            total = build.download(step)
        names = ", ".join(binary.name for binary in tool.binaries)
        expectation = f"about {tool.minutes:g} min on 2 cores"
        with (
            progress.step(f"building {names} {tool.version}", expectation) as step,
            cache.partial(name, own_key) as scratch,
        ):
            finished = scratch / "finished"
            finished.mkdir()
            build.compile(finished, total, step)
            return cache.publish(finished, name, own_key, version=tool.version, go=go.version)


def _workers() -> int:
    # Two, because linking and the largest packages keep one core only busy.
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return 2 if memory >= _MEMORY_FOR_TWO else 1


def _locate(cache: Cache, official: Official | None, notes: tuple[str, ...]) -> Toolchain:
    def entry(tool: GoTool) -> Path:
        return cache.entry(tool.name, key(tool))

    origins: dict[str, str] = {}
    for tool in TOOLS:
        manifest = read_manifest(entry(tool))
        for name in tool.products if manifest else ():
            origins[name] = (
                f"{tool.product_version(name)}, built from Go modules with {manifest.go if manifest else '?'}"
            )
    if official:
        origins["pulumi"] = origins["pulumi-language-python"] = f"{official.version}, official, on PATH"
        origins.pop("pulumi-language-python-exec", None)
    hsm = soft_hsm.find(cache) if soft_hsm.binding_is_there() else None
    if hsm:
        origins[soft_hsm.NAME] = f"{hsm.version} {hsm.origin}".strip()
    kubernetes = entry(KUBERNETES_TOOL)
    return Toolchain(
        pulumi=official.pulumi if official else entry(PULUMI_TOOL) / "pulumi",
        language_host=official.language_host if official else None,
        python_exec=None if official else entry(PULUMI_TOOL) / "pulumi-language-python-exec",
        kubernetes_provider=entry(PROVIDER_TOOL) / "pulumi-resource-kubernetes",
        kube_apiserver=kubernetes / "kube-apiserver",
        kube_controller_manager=kubernetes / "kube-controller-manager",
        kube_scheduler=kubernetes / "kube-scheduler",
        kubectl=kubernetes / "kubectl",
        etcd=kubernetes / "etcd",
        etcdctl=entry(ETCDCTL_TOOL) / "etcdctl",
        kwok=entry(KWOK_TOOL) / "kwok",
        softhsm=hsm.library if hsm else None,
        origins=origins,
        notes=notes,
    )

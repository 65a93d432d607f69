"""Second step of `make`, inside `.venv`: the pinned Python packages and, with `--tools`, the sandbox's tools."""

from __future__ import annotations

import argparse
import signal
import sys
import sysconfig
import time
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, Any, NoReturn

from sandbox import package_index
from sandbox.bootstrap import PACKAGES, PACKAGES_STAMP, PROJECT, ROOT, VENV, is_current, stamp
from sandbox.toolchain import Progress, ToolchainError, ensure, softhsm
from sandbox.toolchain.cache import Cache, default_root
from sandbox.toolchain.process import run_logged, stop_all
from sandbox.toolchain.progress import clock

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

# The SDKs hold three thousand modules of services which no stack uses; compiling them all takes minutes. What is left
# out here still works: Python compiles it when it is imported.
_SERVICES = (
    "autoscaling|cloudtrail|cloudwatch|config|directconnect|ec2|ec2clientvpn|ec2transitgateway|iam|kms|lambda_|lb"
    "|organizations|s3|scheduler|vpc|admissionregistration|apps|batch|core|meta|networking|policy|rbac"
)
_NOT_COMPILED = rf"/(pulumi_aws|pulumi_kubernetes)/(?!({_SERVICES})/|[^/]+$)|/(debugpy|sympy)/"
_COMPILER = (sys.executable, "-m", "compileall", "-q", "-j", "2")
_PARTS = ("components", "console", "evidence", "hosts", "located_yaml", "policy-packs", "sandbox")
_UNFINISHED = VENV / "enclave-packages.unfinished"


def install_packages(progress: Progress) -> None:
    """Make `.venv` hold exactly the pinned packages and this project (editable); nothing to do if it does."""
    expected = stamp(PACKAGES, PROJECT)
    if is_current(PACKAGES_STAMP, expected):
        return
    uv = [str(VENV / "bin" / "uv"), "pip"]
    sync = [*uv, "sync", "--python", str(VENV / "bin" / "python"), "--require-hashes"]
    if _UNFINISHED.exists():  # a package may be half there: put all of them in place again, from uv's cache
        sync.append("--reinstall")
    own = [*uv, "install", "--python", str(VENV / "bin" / "python"), "--no-deps", "--no-build-isolation"]
    _UNFINISHED.touch()
    environment = package_index.environment()
    with progress.step("installing the pinned Python packages", "about 20 s"):
        _run([*sync, str(PACKAGES)], "python-packages", environment)
        _run([*own, "--editable", str(ROOT)], "python-project", environment)
    with progress.step("compiling the Python packages", "about 1 min on 2 cores"):
        # Its exit code counts nothing: some packages ship files on purpose that do not compile.
        run_logged([*_COMPILER, "-x", _NOT_COMPILED, sysconfig.get_path("purelib")], _log("python-bytecode"))
    PACKAGES_STAMP.write_text(expected)
    _UNFINISHED.unlink()


def compile_project() -> None:
    """Compile what has changed of the project itself.

    Where Python keeps no bytecode (PYTHONDONTWRITEBYTECODE), each of the many processes of a run would compile it anew.
    """
    run_logged([*_COMPILER, *(str(ROOT / part) for part in _PARTS)], _log("project-bytecode"))


def _log(name: str) -> Path:
    return Cache(default_root()).logs / f"{name}.log"


def _run(command: list[str], name: str, environment: dict[str, str]) -> None:
    log = _log(name)
    result = run_logged(command, log, folder=ROOT, environment=environment)
    if result.code:
        lines = "\n".join(f"    {line}" for line in result.tail)
        raise ToolchainError(
            f"installing the Python packages failed:\n{lines}\nFull output: {log}\n"
            "Check the network, and the package index which pip is configured for (`pip config list`);\n"
            "then run the same command again: it goes on where it stopped."
        )


def main() -> int:
    """Exit 0 when everything is ready, 2 with one message when something cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.setup", description=__doc__)
    parser.add_argument("--tools", action="store_true", help="build the sandbox's tools too")
    with_tools = parser.parse_args().tools
    signal.signal(signal.SIGTERM, _stop)
    began = time.monotonic()
    try:
        with Progress() as progress:
            notes = _prepare(progress, with_tools=with_tools)
    except ToolchainError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("Stopped; the same command goes on where this one was.\n")
        return 130
    for note in notes:
        sys.stderr.write(f"note: {note}\n")
    sys.stderr.write(f"environment ready ({clock(time.monotonic() - began)})\n")
    return 0


def _prepare(progress: Progress, *, with_tools: bool) -> tuple[str, ...]:
    # Side by side: the first part of either waits for the network. The first failure ends both.
    with ThreadPoolExecutor(max_workers=2) as pool:
        packages = pool.submit(install_packages, progress)
        tools = pool.submit(ensure, progress) if with_tools else None
        hsm = pool.submit(softhsm.obtain, Cache(default_root()), progress) if with_tools else None
        project = pool.submit(compile_project)
        every: list[Future[Any]] = [future for future in (tools, packages, hsm, project) if future]
        try:
            for future in as_completed(every):
                future.result()
        except BaseException:
            stop_all()
            raise
        note = hsm.result() if hsm else None
        return (*(tools.result().notes if tools else ()), *((note,) if note else ()))


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())

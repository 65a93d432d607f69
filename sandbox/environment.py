"""The environment of a sandbox shell: `python -m sandbox.environment --dir D` prints it as shell commands."""

from __future__ import annotations

import argparse
import os
import shlex
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sandbox.layout import Layout
from sandbox.register import NoSandboxError, Register
from sandbox.register import read as read_register

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

REPOSITORY = Path(__file__).resolve().parent.parent
DEFAULT_DIRECTORY = REPOSITORY / ".sandbox"
_TIMEOUT = 1.0  # seconds
_LOCAL = "127.0.0.1,localhost,::1"

# Each could lead a client out of the sandbox, or give it a region that nobody declared.
_REMOVED = (
    "AWS_DEFAULT_PROFILE",
    "AWS_DEFAULT_REGION",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "PULUMI_ACCESS_TOKEN",
    "PYTHONHOME",
)
_REMOVED_PREFIX = "AWS_ENDPOINT_URL_"  # one per service, stronger than AWS_ENDPOINT_URL


def build(directory: Path | str, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables that a sandbox shell sets on top of `base` (default: this process's environment).

    `AWS_PLUGIN=official` in `base` leaves the stand-in plugin out and lets the engine fetch the official one.

    Raises:
        NoSandboxError: no sandbox was started in `directory`.
    """
    base = os.environ if base is None else base
    layout = Layout.of(directory)
    register = read_register(layout.register)
    official = base.get("AWS_PLUGIN") == "official"
    folders = [layout.bin, Path(sys.prefix) / "bin"]
    return {
        "PATH": os.pathsep.join([*map(str, folders), *_others(base.get("PATH", os.defpath), folders)]),
        "VIRTUAL_ENV": sys.prefix,
        "ENCLAVE_SANDBOX": str(layout.root),
        "KUBECONFIG": os.pathsep.join(str(cluster.kubeconfig) for cluster in register.kubernetes.values()),
        **_aws(register),
        **_pulumi(layout, official=official),
        **{name: _with_local(base.get(name, "")) for name in ("NO_PROXY", "no_proxy")},
    }


def removed(base: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names in `base` that must not be set in a sandbox shell."""
    return tuple(sorted(n for n in base if n in _REMOVED or n.startswith(_REMOVED_PREFIX)))


def complete(directory: Path | str, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the whole environment of a program in the sandbox, ready for `subprocess`."""
    base = os.environ if base is None else base
    gone = removed(base)
    return {name: value for name, value in base.items() if name not in gone} | build(directory, base)


def unreachable(register: Register) -> tuple[str, ...]:
    """Return the addresses in `register` at which nothing listens now."""
    urls = (register.aws_endpoint, *(cluster.server for cluster in register.kubernetes.values()))
    return tuple(url for url in urls if not _listens(url))


def _listens(url: str) -> bool:
    place = urlsplit(url)
    try:
        socket.create_connection((place.hostname or "", place.port or 0), _TIMEOUT).close()
    except OSError:
        return False
    return True


def _aws(register: Register) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": register.aws_endpoint,
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        # The user's own settings could name a real account, a region or another endpoint.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _pulumi(layout: Layout, *, official: bool) -> dict[str, str]:
    return {
        "PULUMI_BACKEND_URL": f"file://{layout.state}",
        "PULUMI_HOME": str(layout.official_home if official else layout.pulumi_home),
        # A plugin on the user's PATH would come before the stand-in.
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        "PULUMI_CONFIG_PASSPHRASE": "sandbox",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # A throw-away state needs no second copy of itself at each step.
        "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "false" if official else "true",
        "PULUMI_OPTION_POLICY_PACK": ",".join(map(str, _packs())),
    }


def _packs() -> list[Path]:
    """Return the folders of all packs; the engine takes several, separated by commas."""
    return sorted(file.parent for file in (REPOSITORY / "policy-packs").glob("*/PulumiPolicy.yaml"))


def _others(path: str, folders: Iterable[Path]) -> list[str]:
    own = set(map(str, folders))
    return [folder for folder in path.split(os.pathsep) if folder and folder not in own]


def _with_local(exceptions: str) -> str:
    return ",".join(filter(None, (exceptions, _LOCAL))) if _LOCAL not in exceptions else exceptions


def shell_commands(changes: Mapping[str, str], gone: Iterable[str], base: Mapping[str, str]) -> str:
    """Return POSIX shell text that applies the changes and defines `_enclave_restore`, which takes them back."""
    gone = tuple(gone)
    apply = [f"export {name}={shlex.quote(value)}" for name, value in changes.items()]
    apply += [f"unset {name}" for name in gone]
    restore = [
        f"export {name}={shlex.quote(base[name])}" if name in base else f"unset {name}" for name in (*changes, *gone)
    ]
    return "\n".join([*apply, "_enclave_restore() {", *(f"    {line}" for line in restore), "}", ""])


def main() -> int:
    """Print the shell commands, or say on standard error why there is no sandbox, and return 1."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.environment", description=__doc__)
    parser.add_argument("--dir", type=Path, default=DEFAULT_DIRECTORY, help="the sandbox directory")
    directory = parser.parse_args().dir
    try:
        changes = build(directory)
        silent = unreachable(read_register(Layout.of(directory).register))
    except NoSandboxError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if silent:
        sys.stderr.write(
            f"The sandbox in {directory} is not running: nothing answers at {', '.join(silent)}. "
            "Start it again with `make up`.\n"
        )
        return 1
    sys.stdout.write(shell_commands(changes, removed(os.environ), os.environ))
    return 0


if __name__ == "__main__":
    sys.exit(main())

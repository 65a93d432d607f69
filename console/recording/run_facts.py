"""What a record says of the run itself: its command line, surroundings, commit, programs and what it read."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enclave_policies.law.folder import SHIPPED

from components.adopted import stack_file
from console.document import TOOL
from console.gate.packs import find_packs, promises
from console.inspect.source import source_of
from evidence.digests import of_file, of_folder
from evidence.record.model import Input, Pack, Tool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enclave_policies.law import Law

PACKAGES: Final = ("pulumi", "pulumi-aws", "pulumi-kubernetes", "pulumi-policy", "cedarpy", "pydantic", "pyyaml")
CATALOG: Final = SHIPPED / "law" / "catalog"
ACCESS: Final = SHIPPED.parent / "access" / "law"
LIBRARY: Final = SHIPPED.parent / "enclave_policies"
LEFT_OUT: Final = frozenset({"__pycache__", "schemas"})
OPTION: Final = re.compile(r"--?[A-Za-z][A-Za-z0-9-]*")


def flags() -> tuple[str, ...]:
    """Return the options of this command as they were typed, without their values: a value may be anything."""
    return tuple(found[0] for word in sys.argv[1:] if (found := OPTION.match(word)))


def environment(variables: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return the names of the engine's variables that are set; a value may be a secret."""
    given = os.environ if variables is None else variables
    return tuple(sorted(name for name in given if name.startswith("PULUMI_")))


def commit_of(project: Path, stack: str) -> tuple[str, tuple[str, ...]]:
    """Return the commit of the project, and the files that differ from it ("" and none where none holds it)."""
    source = source_of(project, stack)
    return ("", ()) if set(source.commit) == {"0"} else (source.commit, source.differing)


def tools(variables: Mapping[str, str]) -> tuple[Tool, ...]:
    """Return the programs, the engine, its plugins and the packages that take part in a run."""
    name, _, number = TOOL.partition(" ")
    found = [
        Tool(name=name, version=number or "unknown", kind="program"),
        Tool(name="python", version=platform.python_version(), kind="program"),
    ]
    path = variables.get("PATH", os.defpath)
    engine = shutil.which("pulumi", path=path)
    if engine is not None:
        found.append(Tool(name="pulumi", version=_engine(variables), kind="engine", sha256=of_file(Path(engine))))
    found += _plugins(variables)
    return (*found, *(Tool(name=each, version=_version(each), kind="package") for each in PACKAGES))


def packs(extra: Iterable[Path] = ()) -> tuple[Pack, ...]:
    """Return the packs of this repository and those that were added, as they were asked."""
    from console.audit.judges import version_of  # noqa: PLC0415 (the judges load every rule)

    folders = [*find_packs(SHIPPED.parent), *extra]
    promised = promises(folders)
    return tuple(
        Pack(
            name=each.name,
            version=version_of(each),
            rules=len(promised[each.name].names),
            sha256=of_folder(each, LEFT_OUT),
        )
        for each in folders
    )


def inputs(project: Path, stack: str, law: Law) -> Iterator[Input]:
    """Yield what every run reads: declaration and settings, the law, the catalog, the law of access."""
    files = {
        f"stacks/{stack}.yaml": "declaration",
        stack_file(stack): "declaration",
        f"stacks/Pulumi.{stack}.yaml": "settings",
    }
    for name, role in files.items():
        if (project / name).is_file():
            yield Input(role=role, name=name, sha256=of_file(project / name))
    yield Input(role="law", name="the law in force", sha256=law.digest)
    yield Input(role="access-law", name="policy-packs/access/law", sha256=of_folder(ACCESS, LEFT_OUT))
    yield Input(role="catalog", name="policy-packs/jurisdiction/law/catalog", sha256=of_folder(CATALOG, LEFT_OUT))
    yield Input(role="rules", name="policy-packs/enclave_policies", sha256=of_folder(LIBRARY, LEFT_OUT))


def _plugins(variables: Mapping[str, str]) -> Iterator[Tool]:
    home = Path(variables.get("PULUMI_HOME") or Path.home() / ".pulumi")
    for folder in sorted((home / "plugins").glob("resource-*-v*")):
        name, _, number = folder.name.removeprefix("resource-").rpartition("-v")
        program = folder / f"pulumi-resource-{name}"
        if program.is_file():
            yield Tool(name=name, version=number, kind="plugin", sha256=of_file(program))


def _engine(variables: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(
            ["pulumi", "version"],  # noqa: S607 (the one on the run's PATH)
            env={"PATH": variables.get("PATH", os.defpath), "HOME": str(Path.home()), "PULUMI_SKIP_UPDATE_CHECK": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip().removeprefix("v")[:40] or "unknown"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"

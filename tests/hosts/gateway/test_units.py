"""The units of a gateway's host are such as systemd takes, and pass on what user data pins."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from components.aws.gateway import user_data
from components.site import SitePlan
from hosts.gateway.main import parser
from hosts.gateway.starting import ADMIN, ENVOY, authorizer
from tests.hosts.gateway.dublin import DUBLIN, declared

UNITS: Final = Path(__file__).parents[3] / "hosts" / "gateway" / "units"
NOT_HERE: Final = "/usr/bin/podman is not executable"
VARIABLE: Final = re.compile(r"\$\{(\w+)\}")
SECTIONS: Final = {"Unit", "Service", "Install"}


def complaints(folder: Path) -> list[str]:
    """Return what systemd says about units, else what is no unit at all; a machine without podman is no fault."""
    files = [str(file) for file in sorted(folder.glob("enclave-*"))]
    if program := shutil.which("systemd-analyze"):
        done = subprocess.run([program, "verify", *files], capture_output=True, text=True, check=False)
        return [line for line in done.stderr.splitlines() if NOT_HERE not in line]
    found = []
    for file in files:
        read = configparser.ConfigParser(interpolation=None, strict=False)
        read.read(file)
        found += [f"{file}: {name}" for name in read.sections() if name not in SECTIONS]
        if file.endswith(".service") and not read.get("Service", "ExecStart", fallback=""):
            found.append(f"{file}: no ExecStart")
    return found


def commands() -> dict[str, str]:
    """Return the command of each unit."""
    found = {}
    for file in UNITS.glob("*.service"):
        read = configparser.ConfigParser(interpolation=None, strict=False)
        read.read(file)
        found[file.name] = read["Service"]["ExecStart"]
    return found


def test_systemd_takes_the_units() -> None:
    assert complaints(UNITS) == []


def test_a_damaged_unit_would_be_noticed(tmp_path: Path) -> None:
    """The seeded bug of this family."""
    shutil.copytree(UNITS, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "enclave-gateway-authorizer.service"
    file.write_text(file.read_text(encoding="utf-8").replace("ExecStart=", "ExecStrat="), encoding="utf-8")
    assert complaints(tmp_path) != []


def test_user_data_says_all_that_the_units_ask_for() -> None:
    declaration = declared()
    text = user_data(SitePlan("dublin", DUBLIN, declaration), "employees", declaration.gateways["employees"], "0" * 64)
    asked = {name for command in commands().values() for name in VARIABLE.findall(command)}
    assert asked
    assert all(f"{name}=" in text for name in asked)
    assert "enclave-gateway.target" in text
    assert (UNITS / "enclave-gateway.target").exists()


@pytest.mark.parametrize("unit", ["bundle", "authorizer"])
def test_the_gateways_program_takes_the_words_of_the_units(unit: str) -> None:
    words = commands()[f"enclave-gateway-{unit}.service"].partition(" enclave-gateway ")[2].split()
    options = parser().parse_args([VARIABLE.sub("x", word) for word in words])
    assert options.digest == "x"


def test_envoy_is_drained_before_it_ends() -> None:
    read = configparser.ConfigParser(interpolation=None, strict=False)
    read.read(UNITS / "enclave-gateway-envoy.service")
    options = parser().parse_args(read["Service"]["ExecStop"].partition(" enclave-gateway ")[2].split())
    assert str(options.admin) == ADMIN
    assert read["Service"]["ExecStart"].endswith(" --drain-strategy immediate")  # as long as `drain` waits is enough


def test_units_start_what_pods_start() -> None:
    """One description of the start for both, in whatever order flags come."""
    digest = "${ENCLAVE_BUNDLE_DIGEST}"
    for program in (ENVOY, authorizer(digest)):
        first = " ".join(program.command[:2])
        words = commands()[f"enclave-gateway-{program.name}.service"].partition(f" {first}")[2].split()
        assert sorted(words) == sorted(program.command[2:])


def test_user_data_fits_and_holds_nothing_of_the_bundle() -> None:
    declaration = declared()
    plan = SitePlan("dublin", DUBLIN, declaration)
    text = user_data(plan, "employees", declaration.gateways["employees"], "0" * 64)
    assert len(text.encode()) < 2_000  # of 16,384
    assert "permit" not in text
    assert "static_resources" not in text
    assert len(plan.bundle("employees")["envoy.json"]) > 10_000

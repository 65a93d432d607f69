"""A clone of the project with commits of its own, as a job of a continuous integration has one."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.toolchain import ensure
from tests.corpus_cases import Case, as_export
from tests.engine.clone import FILES, PARTS, UNFINISHED
from tests.engine.place import repository

STACK = "eu-prod"
LAW = "policy-packs/jurisdiction/law/approved.yaml"
GIT = ("git", "-c", "user.name=t", "-c", "user.email=t@hamar.example", "-c", "commit.gpgsign=false")
SECRETS = ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@dataclass(frozen=True)
class Clone:
    """A clone of the project, its history one commit, and a home in which nobody has logged in."""

    folder: Path
    home: Path
    tools: Path

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a job with all its secrets has; a secret that nobody set is empty there."""
        return {
            "PATH": f"{self.tools}:/usr/bin:/bin",
            "HOME": str(self.home),
            "PULUMI_HOME": str(self.home / "pulumi"),
            "PYTHONPATH": f"{self.folder}:{self.folder / 'policy-packs'}",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "AWS_EC2_METADATA_DISABLED": "true",
            "PULUMI_BACKEND_URL": f"file://{self.home}",
            "PULUMI_CONFIG_PASSPHRASE": "x",
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            **more,
        }

    def run(self, *command: str, text: str | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the clone."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment(**more),
            input=text or "",
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def commit(self) -> None:
        """Commit all that changed."""
        for words in (("add", "--all"), ("commit", "--quiet", "--message", "change")):
            done = self.run(*GIT, *words)
            assert done.returncode == 0, done.stderr

    def changed(self, file: str, text: str = "\n# a change\n") -> None:
        """Commit a text at the end of a file."""
        with (self.folder / file).open("a", encoding="utf-8") as stream:
            stream.write(text)
        self.commit()

    def judged(self, base: str = "HEAD~1", **more: str) -> subprocess.CompletedProcess[str]:
        """Judge what changed since a commit."""
        done = self.run(".ci/preview-changed", base, **more)
        assert "Traceback" not in done.stderr
        return done

    def provisioned(self, *resources: dict[str, Any]) -> None:
        """Have the engine keep a state of these resources, and commit the settings that it writes."""
        made = self.run("pulumi", "stack", "init", STACK, "--no-select")
        assert made.returncode == 0, made.stderr
        state = as_export(Case("T", "a test's own", "clean", resources))
        manifest = state["deployment"]["manifest"]
        manifest["magic"] = hashlib.sha256(manifest["version"].encode()).hexdigest()  # as the engine marks its own
        text = json.dumps(state).replace("urn:pulumi:local::", f"urn:pulumi:{STACK}::")
        done = self.run("pulumi", "stack", "import", "--force", "--stack", STACK, text=text)
        assert done.returncode == 0, done.stderr
        self.commit()


def committed(place: Path) -> Clone:
    """Return a clone below a folder, with a commit of its own."""
    folder, home, tools = (place / name for name in ("clone", "home", "tools"))
    home.mkdir()
    tools.mkdir()
    folder.mkdir()
    (tools / "pulumi").symlink_to(ensure().pulumi)
    for part in (*PARTS, ".ci", ".github", "evidence", "stacks", "docs"):
        shutil.copytree(repository / part, folder / part, ignore=UNFINISHED)
    for file in (*FILES, "pyproject.toml", ".gitignore"):
        shutil.copy(repository / file, folder / file)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    made = Clone(folder, home, tools)
    assert made.run("git", "init", "--quiet").returncode == 0
    made.commit()
    return made

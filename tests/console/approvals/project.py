"""A copy of the project under git, whose law lists an inspector of the tests' own, and commands in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.approving import INSPECTOR, KEY_ID, key_of, public
from tests.engine.clone import FILES, PARTS, UNFINISHED
from tests.engine.place import repository

GIT = ("git", "-c", "user.name=t", "-c", "user.email=t@hamar.example", "-c", "commit.gpgsign=false")
LAW = Path("policy-packs") / "access" / "law" / "inspectors.yaml"
STACK = "eu-prod"


@dataclass(frozen=True)
class Project:
    """The folder of the copy, and where the inspector's key lies: outside of it."""

    folder: Path
    key: Path

    @classmethod
    def make(cls, folder: Path) -> Project:
        """Copy the project and commit it."""
        made = cls(folder / "project", folder / "inspector.pem")
        for part in (*PARTS, "stacks"):
            shutil.copytree(repository / part, made.folder / part, ignore=UNFINISHED)
        for file in (*FILES, "pyproject.toml", ".gitignore"):
            shutil.copy(repository / file, made.folder / file)
        pem = key_of(KEY_ID).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        made.key.write_bytes(pem)
        made.lists({KEY_ID: {"public": public(KEY_ID)}})
        made.run("git", "init", "--quiet")
        made.commit()
        return made

    def lists(self, keys: dict[str, dict[str, str]]) -> None:
        """Let the law list these keys of the tests' inspector, and no other inspector."""
        file = self.folder / LAW
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        data["as_of"] = str(data["as_of"])
        data["inspectors"] = {INSPECTOR: {"country": "NO", "controlled_from": "NO", "keys": keys}}
        file.write_text(yaml.safe_dump(data), encoding="utf-8")

    def commit(self) -> str:
        """Commit all that changed; return the commit."""
        for words in (("add", "--all"), ("commit", "--quiet", "--allow-empty", "--message", "change")):
            done = self.run(*GIT, *words)
            assert done.returncode == 0, done.stderr
        return self.run("git", "rev-parse", "HEAD").stdout.strip()

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the copy; no sandbox is there."""
        paths = os.pathsep.join((str(self.folder), str(self.folder / "policy-packs")))
        kept = {name: value for name, value in os.environ.items() if name != "ENCLAVE_SANDBOX"}
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**kept, "PYTHONPATH": paths},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def enclave(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run our own command."""
        return self.run(sys.executable, "-c", "from console.entry import main; main()", *words)

    def sign(self, *words: str, expires: str) -> subprocess.CompletedProcess[str]:
        """Sign the stack as the tests' inspector."""
        named = ("--as", INSPECTOR, "--key", str(self.key), "--expires", expires)
        return self.enclave("inspect", "sign", STACK, *named, *words)

    def approvals(self) -> list[Path]:
        """Return the files that were signed."""
        return sorted((self.folder / "stacks" / "approvals" / STACK).glob("*.json"))

    def change(self, old: str, new: str) -> None:
        """Change the stack's declaration, and commit that."""
        file = self.folder / "stacks" / f"{STACK}.yaml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        self.commit()

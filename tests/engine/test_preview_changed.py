"""`.ci/preview-changed` in a clone with commits of its own, with the real engine and states that it keeps in files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.toolchain import ensure
from tests.corpus_cases import Case, as_export
from tests.engine.clone import FILES, PARTS
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
        state = json.dumps(as_export(Case("T", "a test's own", "clean", resources)))
        text = state.replace("urn:pulumi:local::", f"urn:pulumi:{STACK}::")
        done = self.run("pulumi", "stack", "import", "--force", "--stack", STACK, text=text)
        assert done.returncode == 0, done.stderr
        self.commit()


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A clone with a commit of its own."""
    folder, home, tools = (tmp_path / name for name in ("clone", "home", "tools"))
    home.mkdir()
    tools.mkdir()
    folder.mkdir()
    (tools / "pulumi").symlink_to(ensure().pulumi)
    unwanted = shutil.ignore_patterns("__pycache__", "*.pyc")
    for part in (*PARTS, ".ci", "stacks", "docs"):
        shutil.copytree(repository / part, folder / part, ignore=unwanted)
    for file in (*FILES, "pyproject.toml", ".gitignore"):
        shutil.copy(repository / file, folder / file)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    made = Clone(folder, home, tools)
    assert made.run("git", "init", "--quiet").returncode == 0
    made.commit()
    return made


def test_a_change_that_reaches_no_stack_needs_no_secrets(clone: Clone) -> None:
    clone.changed("docs/tour.md")
    done = clone.judged(**dict.fromkeys(SECRETS, ""))
    assert done.returncode == 0, done.stderr
    assert "nothing to preview or audit" in done.stdout


def test_missing_secrets_are_one_sentence_instead_of_an_engines_failure(clone: Clone) -> None:
    clone.changed(f"stacks/{STACK}.yaml")
    done = clone.judged(**dict.fromkeys(SECRETS, ""))
    assert (done.returncode, done.stderr) == (2, "")
    told = done.stdout.splitlines()[-1]
    assert told.startswith(
        f"no preview of {STACK}, as these are missing or empty: PULUMI_BACKEND_URL, PULUMI_CONFIG_PA"
    )
    assert "and credentials of AWS; set them" in told
    assert "preview of eu-prod …" not in done.stdout


def test_one_missing_secret_is_named_alone(clone: Clone) -> None:
    clone.changed(f"stacks/{STACK}.yaml")
    done = clone.judged(AWS_SECRET_ACCESS_KEY="")
    assert done.returncode == 2
    assert done.stdout.splitlines()[-1].startswith(
        f"no preview of {STACK}, as these are missing or empty: credentials of AWS; set them"
    )


def test_a_forks_pull_request_is_red_and_says_what_is_not_judged(clone: Clone) -> None:
    clone.changed("components/enclave.py")
    done = clone.judged(**dict.fromkeys(SECRETS, ""), FROM_FORK="true", GITHUB_ACTIONS="true")
    assert (done.returncode, done.stderr) == (3, "")
    told = done.stdout.splitlines()[-1]
    assert told.startswith(f"::error title=not judged::no preview of {STACK}, no audit of the stored state of {STACK}")
    assert "a pull request of a fork is given no secrets" in told


def test_without_secrets_the_law_still_refuses_what_the_declaration_says(clone: Clone) -> None:
    law = clone.folder / LAW
    law.write_text(law.read_text(encoding="utf-8").replace("host: [IE, NO]", "host: [NO]"), encoding="utf-8")
    clone.commit()
    done = clone.judged(**dict.fromkeys(SECRETS, ""), FROM_FORK="true")
    assert done.returncode == 1
    assert f"refused: stacks/{STACK}.yaml:" in done.stdout


def test_a_change_of_a_declaration_is_previewed_by_the_engine(clone: Clone) -> None:
    clone.provisioned()
    clone.changed(f"stacks/{STACK}.yaml")
    done = clone.judged()
    assert done.returncode == 3, done.stdout + done.stderr  # this engine has no language host
    assert f"preview of {STACK}: the engine or a cloud failed" in done.stdout
    assert "audit" not in done.stdout


def test_a_change_of_the_law_audits_what_stands_and_plans_nothing(clone: Clone) -> None:
    clone.provisioned({"name": "eu", "type": "pulumi:providers:aws", "inputs": {"region": "eu-west-1"}})
    clone.changed(LAW)
    done = clone.judged(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"audit of the stored state of {STACK}: good" in done.stdout
    assert f"the stored state of {STACK}: clean: 2 resources judged" in done.stdout
    assert "preview" not in done.stdout


def test_what_stands_abroad_is_refused_by_an_audit_though_no_declaration_names_it(clone: Clone) -> None:
    bucket = {"name": "old", "type": "aws:s3/bucket:Bucket", "provider": "dublin-1", "inputs": {"region": "us-east-1"}}
    clone.provisioned(bucket)
    clone.changed(LAW)
    done = clone.judged()
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"declaration of {STACK}: good" in done.stdout
    assert f"audit of the stored state of {STACK}: refused" in done.stdout


def test_a_stack_that_is_not_there_is_no_clean_audit(clone: Clone) -> None:
    clone.changed(LAW)
    done = clone.judged()
    assert done.returncode == 2
    assert f"there is no stack '{STACK}' in the backend yet" in done.stderr


def test_a_declaration_that_goes_while_its_stack_stands_is_named(clone: Clone) -> None:
    clone.provisioned({"name": "old", "type": "aws:s3/bucket:Bucket", "provider": "dublin-1", "inputs": {}})
    (clone.folder / "stacks" / f"{STACK}.yaml").unlink()
    clone.commit()
    done = clone.judged()
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"the stack '{STACK}' holds" in done.stderr


def test_a_commit_that_git_does_not_know_means_everything(clone: Clone) -> None:
    done = clone.judged("0" * 40, **dict.fromkeys(SECRETS, ""))
    assert done.returncode == 2
    assert "so everything counts as changed" in done.stdout
    assert f"no preview of {STACK}, no audit" in done.stdout

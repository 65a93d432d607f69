"""`.ci/preview-changed` in a clone with commits of its own, with the real engine and states that it keeps in files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.committed import LAW, SECRETS, STACK, Clone, committed

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A clone with a commit of its own."""
    return committed(tmp_path)


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

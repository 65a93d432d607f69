"""The jobs of the shipped workflows, step by step, in clones with commits of their own and before a stand-in's API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.console.ci.runner import Runner
from tests.console.ci.telling.stand_in import Platform, served, zipped
from tests.engine.committed import LAW, SECRETS, STACK, Clone, committed

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKFLOWS: Final = Path(__file__).parents[2] / ".github" / "workflows"
GITLAB: Final = Path(__file__).parents[2] / "docs" / "ci" / "gitlab.yml"
HEAD: Final = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A clone with a commit of its own."""
    return committed(tmp_path)


@pytest.fixture
def platform() -> Iterator[Platform]:
    """An empty platform, at a port of this machine."""
    with served(Platform()) as found:
        yield found


def runner(clone: Clone, platform: Platform, number: int = 12) -> Runner:
    """Return a runner that has what the platform gives each job."""
    environment = {
        **{name: value for name, value in clone.environment().items() if name.startswith("PULUMI_")},
        "AWS_EC2_METADATA_DISABLED": "true",
        "GITHUB_API_URL": platform.url,
        "GITHUB_GRAPHQL_URL": f"{platform.url}/graphql",
        "GITHUB_RUN_ID": str(number),
        "GITHUB_RUN_NUMBER": str(number),
        "CI_API_V4_URL": platform.url,
        "CI_PROJECT_ID": "5",
        "CI_PIPELINE_ID": str(number),
        "no_proxy": "*",
    }
    for secret in SECRETS[:2]:
        del environment[secret]
    folder = clone.home.parent / f"run-{number}"
    folder.mkdir()
    return Runner(clone.folder, folder, f"{clone.tools}:/usr/bin:/bin", environment)


def request(clone: Clone, of: str = "o/r") -> dict[str, Any]:
    """Return what GitHub says of a pull request that the last commit is about."""
    base = clone.run("git", "rev-parse", "HEAD~1").stdout.strip()
    head = {"sha": HEAD, "repo": {"full_name": of}}
    event = {"pull_request": {"number": 9, "head": head, "base": {"sha": base}}}
    return {"event_name": "pull_request", "event": event, "repository": "o/r", "token": "secret"}


def secrets(clone: Clone) -> dict[str, str]:
    """Return the secrets of a repository that has them all."""
    return {name: clone.environment()[name] for name in SECRETS[:2]}


def refuse_ireland(clone: Clone) -> None:
    """Commit a law that no longer lets Ireland hold data."""
    law = clone.folder / LAW
    law.write_text(law.read_text(encoding="utf-8").replace("host: [IE, NO]", "host: [NO]"), encoding="utf-8")
    clone.commit()


def test_a_refused_change_is_red_with_a_comment_a_bundle_and_findings(clone: Clone, platform: Platform) -> None:
    refuse_ireland(clone)
    jobs = runner(clone, platform)
    ended = jobs.github(WORKFLOWS / "ci.yml", request(clone), secrets(clone), leave_out="test")
    assert {name: job.green for name, job in ended.items()} == {"preview": False, "tell": True}, ended
    (comment,) = platform.ours
    assert comment.startswith("<!-- enclave:verdict run:12.1 -->\n## Enclave: refused\n")
    assert f"| declaration of {STACK} | ❌ refused |" in comment
    assert (jobs.kept["enclave-bundles"] / STACK / "declaration" / "record.json").is_file()
    assert jobs.sarif == [f"bundles/{STACK}/declaration/findings.sarif"]
    assert f"<code>stacks/{STACK}.yaml:" in comment


def test_without_secrets_the_comment_says_what_is_missing_and_the_next_run_edits_it(
    clone: Clone, platform: Platform
) -> None:
    clone.changed(f"stacks/{STACK}.yaml")
    ended = runner(clone, platform).github(WORKFLOWS / "ci.yml", request(clone), {}, leave_out="test")
    assert {name: job.green for name, job in ended.items()} == {"preview": False, "tell": True}, ended
    (comment,) = platform.ours
    assert "## Enclave: not all was judged" in comment
    assert (
        f"**Not judged:** no preview of {STACK}, as these are missing or empty: PULUMI&#95;BACKEND&#95;URL" in comment
    )
    clone.changed("docs/tour.md")
    ended = runner(clone, platform, 13).github(WORKFLOWS / "ci.yml", request(clone), {}, leave_out="test")
    assert {name: job.green for name, job in ended.items()} == {"preview": True, "tell": True}, ended
    (comment,) = platform.ours
    assert "Nothing to preview or audit" in comment


def test_a_fork_is_red_is_given_no_token_and_reads_it_on_the_jobs_page(clone: Clone, platform: Platform) -> None:
    refuse_ireland(clone)
    jobs = runner(clone, platform)
    ended = jobs.github(WORKFLOWS / "ci.yml", request(clone, "stranger/r"), {}, leave_out="test")
    assert {name: job.green for name, job in ended.items()} == {"preview": False}
    assert "::error title=not judged::" in ended["preview"].log
    assert f"::error file=stacks/{STACK}.yaml,line=" in ended["preview"].log
    assert f"declaration of {STACK} | ❌ refused" in (jobs.folder / "preview-summary.md").read_text(encoding="utf-8")
    assert platform.seen == []


def test_what_stands_is_judged_and_compared_with_the_last_run(clone: Clone, platform: Platform) -> None:
    clone.provisioned()
    github = {"event_name": "schedule", "event": {}, "repository": "o/r", "token": "secret"}
    given = {**secrets(clone), "AWS": ""}
    jobs = runner(clone, platform)
    jobs.environment = {**jobs.environment, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    ended = jobs.github(WORKFLOWS / "standing.yml", github, given)
    assert {name: job.green for name, job in ended.items()} == {"judge": True, "tell": True}, ended["judge"].log
    left = jobs.kept["enclave-standing"]
    assert "All that stands is as the state says." in (left / STACK / "changes.md").read_text(encoding="utf-8")
    assert "no bundle is signed, as these are missing or empty: ENCLAVE_EVIDENCE_KEY" in ended["judge"].log
    texts = {
        str(file.relative_to(left)): file.read_text(encoding="utf-8") for file in left.rglob("*") if file.is_file()
    }
    platform.zip, platform.elsewhere = zipped(texts), platform.url
    of = {"head_branch": "main", "head_repository_id": 1, "repository_id": 1, "id": 12}
    platform.artifacts = [{"id": 3, "expired": False, "workflow_run": of}]
    again = runner(clone, platform, 13)
    again.environment = {**again.environment, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    ended = again.github(WORKFLOWS / "standing.yml", github, given)
    told = (again.kept["enclave-standing"] / STACK / "changes.md").read_text(encoding="utf-8")
    assert "whose bundle nobody signed, 0 things are otherwise." in told, ended["judge"].log


def test_gitlab_does_the_same(clone: Clone, platform: Platform) -> None:
    refuse_ireland(clone)
    base = clone.run("git", "rev-parse", "HEAD~1").stdout.strip()
    merge = {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_IID": "9",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        "ENCLAVE_GITLAB_TOKEN": "secret",
    }
    ended = runner(clone, platform).gitlab(GITLAB, merge, leave_out="test")
    assert {name: job.green for name, job in ended.items()} == {"preview": False, "comment": True}, ended
    assert f"| declaration of {STACK} | ❌ refused |" in platform.ours[0]
    schedule = {"CI_PIPELINE_SOURCE": "schedule", "ENCLAVE_GITLAB_TOKEN": "secret"}
    ended = runner(clone, platform, 13).gitlab(GITLAB, schedule)
    assert {name: job.green for name, job in ended.items()} == {"enclave-standing": False, "issue": True}, ended
    (issue,) = platform.issues
    assert issue.title == f"Enclave: {STACK}: not looked at"
    assert f"nobody looked at what stands of {STACK}, as these are missing or empty" in issue.body

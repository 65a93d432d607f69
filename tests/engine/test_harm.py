"""Stand-ins that die, and things that somebody changes by hand: one `enclave up` later all is as declared.

The tests run in their order: the first provisions what the others harm.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.services.sandbox import start
from sandbox.toolchain import ensure
from tests.engine.clone import Clone
from tests.engine.inventory import aws_in, client, in_kubernetes, in_moto, kubernetes_in

if TYPE_CHECKING:
    from tests.engine.place import Place

BOTH = (Path(__file__).parent / "changes" / "both.yaml").read_text(encoding="utf-8")
STACK = "both"


@pytest.fixture(scope="module")
def clone(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A copy of the project with a small stack on either cloud, not provisioned yet."""
    made = Clone.make(tmp_path_factory.mktemp("clone") / "project", place)
    made.declare(STACK, BOTH)
    return made


def test_an_api_server_that_dies_in_the_middle_is_a_clear_error_and_a_second_up_converges(clone: Clone) -> None:
    with clone.begun("up", STACK, shown=True) as running:
        assert running.stdout
        assert running.stderr
        said = any("kubernetes:core/v1:Namespace hamar-store created" in line for line in running.stderr)
        clone.place.kill("kube-apiserver")
        rest = running.stderr.read()
        shown = running.stdout.read()
    assert said
    assert running.returncode == 3
    assert re.search(r"(?m)rules: red$", shown)
    assert "error: resource" in shown, "what was not created is named"
    assert f"nothing answers at {clone.place.register.kubernetes['hamar'].server}" in rest
    assert "start it again with `make up`" in rest
    assert "Traceback" not in shown + rest
    start(clone.place.folder, ensure())
    again = clone.enclave("up", STACK)
    assert again.returncode == 0, again.stdout + again.stderr
    state = clone.resources(STACK)
    assert in_kubernetes(clone.place) == kubernetes_in(state)
    assert in_moto(clone.place) == aws_in(state)


def test_refresh_finds_drift_and_weakened_guardrails_and_up_mends_them(clone: Clone) -> None:
    binding = ("validatingadmissionpolicybinding", "europe-jurisdiction-images")
    client(clone.place, "s3").delete_bucket_policy(Bucket="europe-dublin-1-store-111122223333")
    clone.place.kubectl("delete", "networkpolicy", "default-deny", "-n", "enclave-europe-store")
    clone.place.kubectl("patch", *binding, "--type=merge", "-p", '{"spec":{"validationActions":["Audit"]}}')
    seen = clone.pulumi("refresh", "--preview-only", "--stack", STACK)
    assert all(each in seen.stdout for each in ("~ 1 to update", "- 2 to delete", "3 changes")), seen.stdout[-2000:]
    refreshed = clone.pulumi("refresh", "--yes", "--stack", STACK, "--skip-preview")
    assert refreshed.returncode == 0, refreshed.stdout
    mended = clone.enclave("up", STACK)
    assert f"{STACK} done: 2 create, 1 update" in mended.stdout, mended.stdout + mended.stderr
    assert "Deny" in clone.place.kubectl("get", *binding, "-o", "jsonpath={.spec.validationActions}")
    assert in_kubernetes(clone.place) == kubernetes_in(clone.resources(STACK))


def test_up_notices_that_moto_was_restarted_and_converges(clone: Clone) -> None:
    before = aws_in(clone.resources(STACK))
    clone.place.kill("moto")
    start(clone.place.folder, ensure())
    assert in_moto(clone.place) == set(), "the seeded harm: it has forgotten everything"
    done = clone.enclave("up", STACK)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "moto was restarted and has forgotten everything" in done.stderr
    after = aws_in(clone.resources(STACK))
    assert len(after) == len(before)
    assert in_moto(clone.place) == after

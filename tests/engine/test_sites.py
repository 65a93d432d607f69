"""Enclaves beside each other, stacks that are created, and sites that go: on the real engine, with the stand-ins."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.engine.clone import SETTINGS, Clone
from tests.engine.inventory import client

if TYPE_CHECKING:
    from tests.engine.place import Place

HERE = Path(__file__).parent
AWS = (HERE / "small_aws.yaml").read_text(encoding="utf-8")
HAMAR = (HERE / "small_kubernetes.yaml").read_text(encoding="utf-8").partition("sites:\n")[2]
KEYS = "  keys: {slot: 4, purpose: key management}\npaths:\n"
FIRST = AWS.replace("paths:\n", KEYS, 1) + HAMAR
SECOND = FIRST.replace("enclave: europe", "enclave: asia").replace("10.32.0.0/16", "10.33.0.0/16")
WITHOUT = FIRST.replace(FIRST[FIRST.index("  dublin-1:") : FIRST.index("  hamar:")], "")


@pytest.fixture(scope="module")
def clone(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A copy of the project with two enclaves on the same account and cluster, both provisioned."""
    made = Clone.make(tmp_path_factory.mktemp("clone") / "project", place)
    for stack, text in (("first", FIRST), ("second", SECOND)):
        made.declare(stack, text)
        done = made.enclave("up", stack)
        assert done.returncode == 0, done.stdout + done.stderr
    return made


def protected(clone: Clone, stack: str) -> set[str]:
    """Return the URNs that the engine may not delete."""
    return {entry["urn"] for entry in clone.resources(stack) if entry.get("protect")}


def namespaces(clone: Clone) -> set[str]:
    """Ask the API server."""
    return {name.partition("/")[2] for name in clone.place.kubectl("get", "namespaces", "-o", "name").split()}


def test_two_enclaves_stand_on_one_account_and_one_cluster(clone: Clone) -> None:
    assert {"enclave-europe-store", "enclave-asia-store"} <= namespaces(clone)
    kept = clone.place.kubectl("get", "networkpolicies", "-n", "kube-system", "-o", "name")
    assert kept.split() == [f"networkpolicy.networking.k8s.io/enclave-{name}-resolver" for name in ("asia", "europe")]
    again = clone.enclave("up", "first")
    assert "first plan: no changes" in again.stdout, again.stdout + again.stderr


def test_a_preview_of_a_stack_that_is_not_there_leaves_nothing(clone: Clone) -> None:
    (clone.folder / "stacks" / "third.yaml").write_text(SECOND.replace("asia", "africa").replace("10.33", "10.34"))
    before = sorted((clone.folder / "stacks").iterdir())
    done = clone.enclave("preview", "third")
    assert (done.returncode, done.stdout) == (2, "")
    assert "create it with `enclave init third`" in done.stderr
    assert sorted((clone.folder / "stacks").iterdir()) == before
    assert "third" not in clone.pulumi("stack", "ls", "--json").stdout
    assert clone.enclave("init", "third").returncode == 0
    assert clone.enclave("init", "third").returncode == 2


def test_a_stack_is_created_in_a_real_backend(clone: Clone, tmp_path: Path) -> None:
    real = AWS.replace("sandbox: true\n", "").replace('account: "111122223333"', 'account: "222233334444"')
    (clone.folder / "stacks" / "real.yaml").write_text(real, encoding="utf-8")
    backend = tmp_path / "state"
    backend.mkdir()
    variables = {**clone.environment, "PULUMI_BACKEND_URL": f"file://{backend}", "PULUMI_CONFIG_PASSPHRASE": "x"}
    del variables["ENCLAVE_SANDBOX"]
    done = subprocess.run(
        clone.command("init", "real"), cwd=clone.folder, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    settings = (clone.folder / "stacks" / "Pulumi.real.yaml").read_text(encoding="utf-8")
    assert settings.startswith(SETTINGS)
    assert list(backend.rglob("real.json"))


def test_a_site_goes_when_it_is_retired_and_not_before(clone: Clone) -> None:
    before = protected(clone, "first")
    s3 = client(clone.place, "s3")
    s3.delete_bucket_policy(Bucket="europe-dublin-1-store-111122223333")  # it lets nobody write without TLS
    s3.put_object(Bucket="europe-dublin-1-store-111122223333", Key="x", Body=b"x")
    clone.declare("first", WITHOUT)
    for command in ("up", "preview"):
        done = clone.enclave(command, "first")
        assert done.returncode == 1
        assert done.stdout == "", "the engine was not asked"
        assert "`enclave retire first dublin-1` shows what is in them" in done.stderr
    clone.declare("first", FIRST)
    shown = clone.enclave("retire", "first", "dublin-1")
    assert shown.returncode == 1
    assert "still protected" in shown.stderr
    assert "6 resources of site 'dublin-1' are protected" in shown.stdout
    assert "111122223333): data of class restricted; holds 1 versions of objects" in shown.stdout
    assert protected(clone, "first") == before
    done = clone.enclave("retire", "first", "dublin-1", "--yes")
    assert done.returncode == 0, done.stderr
    assert "next: remove what names the site from stacks/first.yaml:" in done.stdout
    assert {urn for urn in before if "dublin-1" not in urn} == protected(clone, "first") != before
    s3.delete_object(Bucket="europe-dublin-1-store-111122223333", Key="x")
    for version in s3.list_object_versions(Bucket="europe-dublin-1-store-111122223333").get("Versions", []):
        s3.delete_object(Bucket="europe-dublin-1-store-111122223333", Key="x", VersionId=version["VersionId"])
    for marker in s3.list_object_versions(Bucket="europe-dublin-1-store-111122223333").get("DeleteMarkers", []):
        s3.delete_object(Bucket="europe-dublin-1-store-111122223333", Key="x", VersionId=marker["VersionId"])
    clone.declare("first", WITHOUT)
    gone = clone.enclave("up", "first")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert [each["Name"] for each in s3.list_buckets()["Buckets"] if "europe" in each["Name"]] == []
    assert "enclave-europe-store" in namespaces(clone)


def test_what_is_in_a_namespace_is_said(clone: Clone) -> None:
    clone.place.kubectl("create", "secret", "generic", "x", "-n", "enclave-asia-keys", "--from-literal", "x=y")
    shown = clone.enclave("retire", "second", "hamar")
    assert "enclave-asia-keys): no data class; holds 0 claims of volumes and 1 secrets" in shown.stdout
    assert "enclave-asia-store): data of class restricted; empty" in shown.stdout


def test_a_program_reads_what_is_in_a_site_and_whether_it_may_go(clone: Clone) -> None:
    before = protected(clone, "second")
    asked = clone.enclave("retire", "second", "dublin-1", "--json")
    assert asked.returncode == 1
    told = json.loads(asked.stdout)
    of_site = {urn for urn in before if "dublin-1" in urn}
    assert told["verdict"] == "still_protected"
    assert {each["urn"] for each in told["resources"]} == of_site
    assert "empty" in {each["content"] for each in told["resources"] if each["type"] == "aws:s3/bucket:Bucket"}
    assert protected(clone, "second") == before
    mistyped = clone.enclave("retire", "second", "dublin-1", "--json", types="dublin")
    assert (mistyped.returncode, json.loads(mistyped.stdout)["verdict"]) == (1, "still_protected")
    assert "data of class restricted; empty" in mistyped.stderr, "who is asked sees it"
    typed = clone.enclave("retire", "second", "dublin-1", "--json", types="dublin-1")
    assert (typed.returncode, json.loads(typed.stdout)["verdict"]) == (0, "let_go"), typed.stderr
    assert protected(clone, "second") == before - of_site
    nowhere = clone.enclave("retire", "second", "nowhere", "--json")
    assert (nowhere.returncode, json.loads(nowhere.stdout)["verdict"]) == (2, "undetermined")


def test_one_edit_takes_all_or_nothing(clone: Clone) -> None:
    """The seeded bug of this family: an edit with a name that the state lacks must change nothing."""
    before = protected(clone, "second")
    done = clone.pulumi("state", "unprotect", *sorted(before), "urn:pulumi:x::y::z::no", "--yes", "--stack", "second")
    assert done.returncode != 0
    assert protected(clone, "second") == before


def test_a_stack_that_would_be_renamed_without_a_word_is_refused(clone: Clone) -> None:
    clone.declare("third", (clone.folder / "stacks" / "third.yaml").read_text(encoding="utf-8"))
    short = WITHOUT.replace("enclave: europe", "enclave: oceania\nnames: short").replace("10.32", "10.35")
    clone.declare("old", short)
    assert clone.enclave("up", "old").returncode == 0
    clone.declare("old", short.replace("names: short\n", ""))
    done = clone.enclave("preview", "old")
    assert done.returncode == 2
    assert "stacks/old.yaml:1:1: 'enclave-gateway' (and 3 more) stand under names without the enclave's" in done.stderr

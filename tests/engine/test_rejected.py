"""A site outside the approved countries is refused by gate, packs and program, but for one that a basis lets in."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from evidence.record.files import read
from hosts.watch.schedule import call_in, surroundings_in
from tests.engine.clone import Clone
from tests.engine.found_again import lost_of
from tests.engine.inventory import client, in_kubernetes, in_moto
from tests.engine.place import project, repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.place import Place

refusal = (
    "JUR-002 provider-region: london-aws (pulumi:providers:aws) would be in eu-west-2 (London, United Kingdom, GB)"
)


def lines_of(stack: str) -> list[str]:
    """Return the lines of a declaration."""
    return (repository / "stacks" / f"{stack}.yaml").read_text(encoding="utf-8").splitlines()


def nothing_created(place: Place) -> bool:
    """Ask moto, in both regions, and the API server."""
    return not (in_moto(place) or in_moto(place, "eu-west-2") or in_kubernetes(place))


def test_the_gate_refuses_london_before_the_engine_and_provisions_nothing(place: Place) -> None:
    done = place.enclave("up", "rejected", "--yes")
    assert done.returncode == 1
    assert refusal in done.stdout
    assert re.search(r"(?m)^  refused: stacks/rejected\.yaml:\d+:\d+: JUR-002", done.stdout)
    assert re.search(r"(?m)^    decided by policy-packs/jurisdiction/law/approved\.yaml:\d+:\d+: ", done.stdout)
    assert not done.stderr, "the engine has not begun"
    assert nothing_created(place)


def test_a_refused_run_leaves_a_signed_bundle_that_names_the_line(place: Place) -> None:
    bundle = place.evidence / "rejected" / "bundle"
    line = next(
        number for number, text in enumerate(lines_of("rejected"), 1) if text.startswith("    region: eu-west-2")
    )
    assert place.enclave("report", "rejected").returncode == 0
    done = place.enclave("verify", str(bundle), "--key", str(place.evidence / "stand-in.pub"), "--stack", "rejected")
    assert done.returncode == 0, done.stdout
    record = read((bundle / "record.json").read_bytes(), "record.json")
    assert record.run.outcome == "refused"
    (finding,) = record.findings
    assert finding.country == "GB"
    assert finding.declared is not None
    assert (finding.declared.file, finding.declared.line) == ("stacks/rejected.yaml", line)


def test_the_packs_refuse_london_too_with_the_engine_alone(place: Place) -> None:
    """A shell of the sandbox attaches a pack to the plain engine."""
    place.pulumi("stack", "init", "rejected")
    done = place.pulumi("preview", "--stack", "rejected")
    assert done.returncode != 0
    shown = done.stdout + done.stderr
    assert "❌ jurisdiction@v" in shown
    for rule in ("provider-region", "resource-region", "zone"):
        assert re.search(rf"(?m)^ +- \[mandatory\].* {rule} .*: london-", shown), rule
    place.pulumi("stack", "rm", "rejected", "--yes", "--preserve-config", pack=False)
    assert nothing_created(place)


@pytest.mark.parametrize("options", [[], ["--skip-preview"]], ids=["with a preview", "without one"])
def test_plain_up_without_a_pack_is_refused_by_the_program_with_the_same_message(
    options: list[str], place: Place
) -> None:
    place.pulumi("stack", "init", "rejected", pack=False)
    done = place.pulumi("up", "--yes", "--stack", "rejected", *options, pack=False)
    assert done.returncode != 0
    assert refusal in done.stdout
    assert "Policies:" not in done.stdout, "no pack was to be attached"
    assert "Traceback" not in done.stdout + done.stderr
    assert nothing_created(place)


stray = """
import pulumi
import pulumi_aws as aws
from console.program import load_stack

here = load_stack(pulumi.get_stack()).clouds.aws_endpoint
away = aws.Provider("away", region="us-east-1", access_key="x", secret_key="x", skip_credentials_validation=True,
                    skip_requesting_account_id=True, endpoints=[{"ec2": here, "sts": here}])
aws.ec2.Vpc("stray", cidr_block="10.99.0.0/16", opts=pulumi.ResourceOptions(provider=away))
"""


def test_the_program_refuses_a_resource_that_its_declaration_knows_nothing_of(place: Place, tmp_path: Path) -> None:
    folder = project(tmp_path / "stray", stray)
    place.pulumi("-C", str(folder), "stack", "init", "local", pack=False)
    done = place.pulumi("-C", str(folder), "up", "--yes", "--stack", "local", "--skip-preview", pack=False)
    assert done.returncode != 0
    assert "JUR-002 provider-region: away (pulumi:providers:aws) would be in us-east-1" in done.stdout
    assert "Traceback" not in done.stdout
    assert not in_moto(place, "us-east-1")


def test_plain_pulumi_shows_a_bad_declaration_without_a_traceback(place: Place, tmp_path: Path) -> None:
    folder = project(tmp_path / "bad", stray)
    declaration = folder / "stacks" / "local.yaml"
    declaration.write_text(declaration.read_text(encoding="utf-8").replace("country: NO", "country: Norway"), "utf-8")
    place.pulumi("-C", str(folder), "stack", "init", "local", pack=False)
    done = place.pulumi("-C", str(folder), "preview", "--stack", "local", pack=False)
    assert done.returncode != 0
    assert "stacks/local.yaml:" in done.stdout
    assert "'Norway' is not a country code of two capital letters" in done.stdout
    assert "Traceback" not in done.stdout


def declared_until(clone: Clone, last: date) -> None:
    """Let the shipped stack `transition` and the law's row about it end on a day; its wave ends 20 days before."""
    text = (repository / "stacks" / "transition.yaml").read_text(encoding="utf-8")
    text = text.replace("2027-09-30", last.isoformat()).replace("2027-08-31", (last - timedelta(20)).isoformat())
    clone.declare("transition", text)
    law = clone.folder / "policy-packs" / "jurisdiction" / "law" / "transitional.yaml"
    kept = (repository / law.relative_to(clone.folder)).read_text(encoding="utf-8").partition("    extensions:")[0]
    today = datetime.now(UTC).date()
    kept = kept.replace("2026-06-01", (today - timedelta(30)).isoformat()).replace("2027-03-31", last.isoformat())
    law.write_text(kept, encoding="utf-8")


def replicates_inwards(place: Place) -> None:
    """Read back what S3 was told of the wave: one rule inwards, by the target's key, and who may do what for it."""
    left, home = "home-us-exit-store-111122223333", "home-dublin-1-store-111122223333"
    found = client(place, "s3", "us-east-1").get_bucket_replication(Bucket=left)["ReplicationConfiguration"]
    (rule,) = found["Rules"]
    keys = {each["AliasName"]: each.get("TargetKeyId") for each in client(place, "kms").list_aliases()["Aliases"]}
    key = f"arn:aws:kms:eu-west-1:111122223333:key/{keys['alias/home/dublin-1/store']}"
    assert (found["Role"], rule["Status"], rule["DeleteMarkerReplication"]) == (
        "arn:aws:iam::111122223333:role/home-wave-home",
        "Enabled",
        {"Status": "Disabled"},
    )
    sent = {"Bucket": f"arn:aws:s3:::{home}", "EncryptionConfiguration": {"ReplicaKmsKeyID": key}}
    assert {name: rule["Destination"][name] for name in sent} == sent
    taken = json.loads(client(place, "s3").get_bucket_policy(Bucket=home)["Policy"])["Statement"]
    assert [each["Action"] for each in taken if each["Effect"] == "Allow"] == [
        ["s3:ReplicateObject", "s3:ReplicateTags"]
    ]
    held = json.loads(client(place, "kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"])["Statement"]
    assert [each["Action"] for each in held if each["Principal"] == {"AWS": found["Role"]}] == [
        ["kms:Encrypt", "kms:GenerateDataKey"]
    ]


def test_a_site_abroad_stands_by_its_basis_until_its_day_and_no_longer(place: Place, tmp_path: Path) -> None:
    last = datetime.now(UTC).date() + timedelta(80)
    clone = Clone.make(tmp_path / "clone", place)
    declared_until(clone, last)
    done = clone.enclave("up", "transition")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"red in 81 days, after {last}: within 90 days of its end" in done.stdout
    assert "home-us-exit-store-111122223333" in {
        each["Name"] for each in client(place, "s3", "us-east-1").list_buckets()["Buckets"]
    }
    assert {kind for kind, _ in in_moto(place, "us-east-1")} >= {"aws:ec2/vpc:Vpc", "aws:kms/key:Key"}
    replicates_inwards(place)
    record = read((place.evidence / "transition" / "record.json").read_bytes(), "record.json")
    assert (record.run.outcome, record.summary.warned) == ("clean", 1)
    assert [(each.name, each.stage, each.target) for each in record.enclave.waves] == [("home", "new", "dublin-1")]
    assert [(each.site, each.days, each.in_force) for each in record.enclave.transitions] == [("us-exit", 80, True)]
    assert ("us-exit", "draining", 80) in {(each.name, each.lifecycle, each.days) for each in record.enclave.sites}
    late = clone.enclave("preview", "transition", "--as-of", (last + timedelta(1)).isoformat())
    assert late.returncode == 1
    assert f"its basis for class restricted of wave 'home' ended on {last}" in late.stdout
    assert "wave 'home': 'us-exit' had to be empty by" in late.stdout
    text = clone.declaration("transition") or ""
    clone.declare("transition", text.replace("region: us-east-1", "region: us-west-2"))
    west = clone.enclave("preview", "transition")
    assert west.returncode == 1
    assert (
        "is about account 111122223333, us-east-1, US, and it is declared in account 111122223333, us-west-2"
        in west.stdout
    )
    clone.declare(
        "transition", text.replace("role: transitional", "role: enclave").replace(f"    exit_by: {last}\n", "")
    )
    stays = clone.enclave("preview", "transition")
    assert (stays.returncode, "a wave leads inwards, from a transitional site" in stays.stderr) == (2, True)


def test_a_day_more_than_anybody_approved_would_be_noticed(place: Place, tmp_path: Path) -> None:
    """The seeded bug of this family: the site's owner extends the basis."""
    clone = Clone.make(tmp_path / "clone", place)
    last = datetime.now(UTC).date() + timedelta(80)
    declared_until(clone, last)
    law = clone.folder / "policy-packs" / "jurisdiction" / "law" / "transitional.yaml"
    more = {"until": f"{last + timedelta(30)}", "approved": f"{datetime.now(UTC).date()}", "approver": "Kari Nordmann"}
    row = ", ".join(f"{name}: {value}" for name, value in more.items())
    law.write_text(f"{law.read_text(encoding='utf-8')}    extensions: [{{{row}, reason: late, source: a}}]\n", "utf-8")
    done = clone.enclave("preview", "transition")
    assert (done.returncode, done.stdout) == (2, "")
    assert "owns the transition and approves it; another person must approve" in done.stderr


def test_the_inspector_s_own_stack_stands_and_calls_its_program_for_each_site(place: Place) -> None:
    done = place.enclave("up", "inspector")
    assert done.returncode == 0, done.stdout + done.stderr
    scheduler, functions = client(place, "scheduler"), client(place, "lambda")
    found = [scheduler.get_schedule(Name=each["Name"]) for each in scheduler.list_schedules()["Schedules"]]
    calls = {call.site: call.role for call in (call_in(json.loads(each["Target"]["Input"])) for each in found)}
    assert calls == {f"dublin-{n}": f"arn:aws:iam::111122223333:role/europe-dublin-{n}-watch" for n in (1, 2)}
    assert {(each["State"], each["ScheduleExpression"]) for each in found} == {("ENABLED", "rate(1 minute)")}
    (arn,) = {each["Target"]["Arn"] for each in found}
    function = functions.get_function(FunctionName=arn)
    assert "@sha256:" in function["Code"]["ImageUri"]
    assert function["Configuration"]["Role"].endswith(":role/enclave-watch")
    assert surroundings_in(function["Configuration"]["Environment"]["Variables"]).bucket == "norsk-tilsyn-enclave-watch"
    lost, asked = lost_of(place.state("inspector"))
    assert (lost, asked > 8) == ([], True)
    again = place.enclave("up", "inspector")
    assert "inspector plan: no changes" in again.stdout, again.stdout + again.stderr

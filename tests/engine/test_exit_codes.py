"""How the gate ends on the real engine: whose refusal is 1, whose failure is 3, and what a plan that hurts needs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.engine.clone import Clone
from tests.engine.exit_cases import ON_THE_ENGINE
from tests.engine.inventory import aws_in, client, in_moto
from tests.engine.place import repository

if TYPE_CHECKING:
    from tests.engine.place import Place

HERE = Path(__file__).parent
SMALL = (HERE / "small_aws.yaml").read_text(encoding="utf-8")
STORE = "store: {slot: 3"
FOREIGN = """
import pulumi_aws as aws
here = load_stack(pulumi.get_stack()).clouds.aws_endpoint
away = aws.Provider("away", region="us-east-1", access_key="x", secret_key="x", skip_credentials_validation=True,
                    skip_requesting_account_id=True,
                    endpoints=[{"ec2": here, "sts": here}])
aws.ec2.Vpc("stray", cidr_block="10.99.0.0/16", opts=pulumi.ResourceOptions(provider=away))
"""
GUARDED = """
import pulumi_aws as aws
aws.ec2.Vpc("stray", cidr_block="10.99.0.0/16", opts=pulumi.ResourceOptions(import_="vpc-1@us-east-1"))
"""
BROKEN = '\nraise ValueError("the program breaks off here")\n'


@pytest.fixture(scope="module")
def clone(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A copy of the project with a small stack, provisioned; the tests below run in their order."""
    return Clone.provisioned(tmp_path_factory.mktemp("clone") / "project", place, "small", SMALL)


def test_what_is_good_is_0(clone: Clone) -> None:
    """How init, retire and stacks end, tests/engine/test_sites.py shows."""
    cases = {
        "preview": ["preview", "small"],
        "up": ["up", "small"],
        "recover": ["recover", "small"],
        "sandbox start": ["sandbox", "start", "--dir", str(clone.place.folder)],
        "sandbox approve": ["sandbox", "approve", "small"],
    }
    assert {command for command, code in ON_THE_ENGINE if code == 0} == {*cases, "init", "retire", "stacks"}
    for words in cases.values():
        done = clone.enclave(*words)
        assert done.returncode == 0, done.stdout + done.stderr


DRIFT = """
import json
from console.ci.drift import drifted
from console.ci.refreshed import refreshed
from console.gate.stack import declared, engine_for
found = refreshed(engine_for("small", declared("small"), []))
print(json.dumps([[one.type, one.name, one.properties] for one in drifted(found.before, found.now)]))
"""


def drift(clone: Clone) -> list[Any]:
    """Return what stands otherwise than the state says, by a copy of the state; the state itself stays as it is."""
    before = clone.deployment("small")
    done = clone._run([sys.executable, "-c", DRIFT], 300.0)
    assert done.returncode == 0, done.stderr
    assert clone.deployment("small") == before
    return list(json.loads(done.stdout))


def test_what_somebody_changed_in_the_cloud_is_found_and_nothing_else_is(clone: Clone) -> None:
    """Here, as a provisioned stack is at hand; what the scheduled job ends with, tests/engine/test_ci_jobs.py shows."""
    ec2 = client(clone.place, "ec2")
    default = [{"Name": "group-name", "Values": ["default"]}]
    (group,) = (one for one in ec2.describe_security_groups(Filters=default)["SecurityGroups"] if one.get("Tags"))
    opened = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=opened)
    try:
        kind = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
        assert drift(clone) == [[kind, "dublin-1-network-default", ["ingress"]]]
    finally:
        ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=opened)


def with_program(clone: Clone, more: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command while the program does more than its declaration says."""
    program = clone.folder / "__main__.py"
    text = program.read_text(encoding="utf-8")
    program.write_text(text + more, encoding="utf-8")
    try:
        return clone.enclave(*words)
    finally:
        program.write_text(text, encoding="utf-8")


def test_what_packs_refuse_is_1_and_there_for_machines(clone: Clone) -> None:
    done = with_program(clone, FOREIGN, "preview", "small", "--json")
    assert done.returncode == 1, done.stdout
    verdict = json.loads(done.stdout)
    assert (verdict["verdict"], verdict["failure"]) == ("red", None)
    assert {violation["rule"] for violation in verdict["refused"]} >= {"provider-region", "resource-region"}
    assert all(violation["level"] == "mandatory" for violation in verdict["refused"])
    assert all(violation["finding"]["name"] == violation["rule"] for violation in verdict["refused"])
    assert all(violation["finding"]["subject"]["urn"] == violation["urn"] for violation in verdict["refused"])
    assert verdict["guard"], "the program's guard refuses it, too"


def test_what_only_the_guard_refuses_is_1_though_the_engine_fails_of_it(clone: Clone) -> None:
    done = with_program(clone, GUARDED, "preview", "small", "--json")
    assert done.returncode == 1, done.stdout
    told = json.loads(done.stdout)
    assert any("would be imported from us-east-1" in message for message in told["guard"])
    assert told["failure"] is None


def test_a_program_that_breaks_off_is_3_and_its_error_comes_first_and_alone(clone: Clone) -> None:
    done = with_program(clone, BROKEN, "preview", "small")
    assert done.returncode == 3, done.stdout
    lines = done.stdout.splitlines()
    assert lines[0].startswith("  error: Program failed with an unhandled exception: ")
    assert "__main__.py:" in lines[0]
    assert ": ValueError: the program breaks off here; set ENCLAVE_DEBUG=1" in lines[0]
    assert "Traceback" not in done.stdout + done.stderr
    assert sum("did not run" in line for line in lines) <= 1, done.stdout
    told = json.loads(with_program(clone, BROKEN, "preview", "small", "--json").stdout)
    assert told["failure"].startswith("the engine failed")
    assert f"  error: {told['errors'][0]}" == lines[0]
    assert len(told["silent"]) == sum("did not run" in reason for reason in told["reasons"])


def test_a_program_that_breaks_off_is_3_and_the_engine_says_so_first(clone: Clone, tmp_path: Path) -> None:
    """A real stack without its kubeconfig; before that, a stack that is not there is bad input."""
    clone.declare("eu-prod", (repository / "stacks" / "eu-prod.yaml").read_text(encoding="utf-8"))
    (tmp_path / "state").mkdir()
    variables = {name: value for name, value in clone.environment.items() if name != "ENCLAVE_SANDBOX"}
    variables |= {"PULUMI_BACKEND_URL": f"file://{tmp_path}/state", "PULUMI_CONFIG_PASSPHRASE": "x"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            clone.command(*words), cwd=clone.folder, env=variables, capture_output=True, text=True, check=False
        )

    missing = run("preview", "eu-prod")
    assert missing.returncode == 2
    assert "create it with `enclave init eu-prod`" in missing.stderr
    assert run("init", "eu-prod").returncode == 0
    done = run("preview", "eu-prod")
    assert done.returncode == 3, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("  error: no kubeconfig for site "), done.stdout
    assert len(lines) <= 5, done.stdout


def test_a_slot_that_changes_is_shown_and_needs_a_permission(clone: Clone) -> None:
    clone.declare("small", SMALL.replace(STORE, "store: {slot: 6"))
    before = aws_in(clone.resources("small"))
    shown = clone.enclave("preview", "small")
    assert shown.returncode == 0, shown.stdout
    assert (
        "replaces the subnet dublin-1-slot-3-eu-west-1a (site dublin-1, segment store, data: restricted)"
        in shown.stdout
    )
    assert "`enclave up` asks for: --allow-replace\n" in shown.stdout
    refused = clone.enclave("up", "small", "--yes")
    assert refused.returncode == 1
    assert "not changed: this plan takes away 2 that are replaced; add --allow-replace" in refused.stderr
    assert aws_in(clone.resources("small")) == before == in_moto(clone.place)
    done = clone.enclave("up", "small", "--yes", "--allow-replace")
    assert done.returncode == 0, done.stdout + done.stderr
    assert in_moto(clone.place) == aws_in(clone.resources("small")) != before
    assert clone.enclave("preview", "small").stdout.startswith("small plan: no changes")


def protected(clone: Clone) -> set[str]:
    return {entry["urn"] for entry in clone.resources("small") if entry.get("protect")}


def test_a_store_is_let_go_by_name_only_and_stays_protected_otherwise(clone: Clone) -> None:
    """Another name of the enclave gives the buckets and the log group other names, so they are replaced."""
    text = SMALL.replace(STORE, "store: {slot: 6").replace("enclave: europe\n", "enclave: asia\n")
    clone.declare("small", text)
    guarded = protected(clone)
    shown = clone.enclave("preview", "small")
    assert shown.returncode == 1, shown.stdout
    assert "replaces the bucket dublin-1-store (site dublin-1, segment store, data: restricted)" in shown.stdout
    assert "which holds data: nothing brings that back" in shown.stdout
    assert "remove the `protect` flag" not in shown.stdout
    refused = clone.enclave("up", "small", "--yes", "--allow-replace", "dublin-1-store")
    assert refused.returncode == 1, refused.stdout + refused.stderr
    assert "hold data or keys (dublin-1-logs, dublin-1-logs)" in refused.stderr
    assert protected(clone) == guarded
    asked = shown.stdout.partition("`enclave up` asks for: ")[2].partition("\n")[0].split()
    done = clone.enclave("up", "small", "--yes", *asked)
    assert done.returncode == 0, done.stdout + done.stderr
    assert in_moto(clone.place) == aws_in(clone.resources("small"))
    assert protected(clone) == guarded, "what is made in their place is protected again"


def killed_before_the_change(clone: Clone, *words: str) -> None:
    """Run `enclave up` and kill it when it has taken protection off, long before it has planned again and changes."""
    with clone.begun("up", "small", "--yes", *words) as running:
        assert running.stderr
        for line in running.stderr:
            if "taking the engine's protection off" in line:
                running.kill()
        running.wait(60)


def test_protection_that_a_killed_run_took_off_comes_back(clone: Clone) -> None:
    good = clone.declaration("small")
    assert good is not None
    bad = good.replace("enclave: asia\n", "enclave: africa\n")
    guarded = protected(clone)
    clone.declare("small", bad)
    asked = clone.enclave("preview", "small").stdout.partition("`enclave up` asks for: ")[2].partition("\n")[0].split()
    for again, code in ((bad, 1), (good, 0)):
        clone.declare("small", bad)
        killed_before_the_change(clone, *asked)
        assert protected(clone) != guarded, "the seeded bug: the kill came between"
        clone.declare("small", again)
        done = clone.enclave("up", "small", "--yes")
        assert done.returncode == code, done.stdout + done.stderr
        assert protected(clone) == guarded, done.stdout + done.stderr
        assert "again: it holds data or keys" in done.stderr
    assert clone.enclave("preview", "small").stdout.startswith("small plan: no changes")


def test_what_is_retired_and_declared_still_is_protected_again(clone: Clone) -> None:
    guarded = protected(clone)
    assert clone.enclave("retire", "small", "dublin-1", "--yes").returncode == 0
    assert protected(clone) == set()
    assert clone.enclave("up", "small").returncode == 0
    assert protected(clone) == guarded

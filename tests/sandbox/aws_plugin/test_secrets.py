"""A secret stays one: in the state, in what the engine prints, and in error messages."""

from dataclasses import dataclass

import pytest

from tests.sandbox.aws_plugin.conftest import MakeEngine
from tests.sandbox.aws_plugin.engine import SECRET_KEY, Run
from tests.sandbox.aws_plugin.local_aws import LocalAws
from tests.sandbox.aws_plugin.small_programs import SECRETS

HIDDEN = "nobody-may-read-this"


@dataclass(frozen=True)
class Trial:
    """What was printed, what was kept, and what reached AWS."""

    created: Run
    shown: Run
    failed: Run
    refreshed: Run
    exported: str
    state_files: str
    in_aws: list[str]


@pytest.fixture(scope="module")
def trial(make_engine: MakeEngine, moto: LocalAws) -> Trial:
    engine = make_engine(SECRETS)
    engine.configure(endpoint=moto.url)
    for name, value in (("hidden", HIDDEN), ("secretKey", SECRET_KEY)):
        engine.expect("config", "set", "--secret", name, value)
    created = engine.run("up", "--yes", "--diff", "--logtostderr", "-v=3")
    engine.configure(wrong="true")
    failed = engine.run("up", "--yes", "--skip-preview", "--diff")
    keys = [key["KeyId"] for key in moto.kms.list_keys()["Keys"]]
    return Trial(
        created,
        engine.run("stack", "--show-urns"),
        failed,
        engine.run("refresh", "--yes", "--skip-preview", "--diff"),
        engine.expect("stack", "export").output,
        "".join(path.read_text("utf-8") for path in (engine.root / "state").rglob("*.json*")),
        [moto.kms.describe_key(KeyId=key)["KeyMetadata"]["Description"] for key in keys],
    )


def test_the_secret_really_reached_aws(trial: Trial) -> None:
    assert trial.created.code == 0, trial.created.output
    assert HIDDEN in trial.in_aws


@pytest.mark.parametrize("secret", [HIDDEN, HIDDEN.replace("-", ""), SECRET_KEY])
def test_no_secret_is_in_the_state(trial: Trial, secret: str) -> None:
    assert "to-see" in trial.exported
    assert "tagsAll" in trial.state_files
    assert secret not in trial.exported + trial.state_files


@pytest.mark.parametrize("secret", [HIDDEN, HIDDEN.replace("-", ""), SECRET_KEY])
def test_no_secret_is_printed(trial: Trial, secret: str) -> None:
    printed = trial.created.output + trial.shown.output + trial.refreshed.output
    assert "[secret]" in printed
    assert secret not in printed


def test_an_error_of_aws_that_quotes_a_secret_is_shown_without_it(trial: Trial) -> None:
    assert trial.failed.code != 0
    assert "create_vpc failed with" in trial.failed.output
    assert HIDDEN not in trial.failed.output
    assert "Traceback" not in trial.failed.output

"""Policy packs, run by the real engine through our language host."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.sandbox.services.kube import eventually

if TYPE_CHECKING:
    from tests.sandbox.language_host.conftest import Workshop

_PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def validate(args, report):
    {body}

rule = ResourceValidationPolicy("seeded-rule", "a rule", validate, EnforcementLevel.MANDATORY)
PolicyPack("tried-pack", [rule])
"""


@pytest.mark.parametrize(("body", "passes"), [("report('refused here')", False), ("pass", True)])
def test_a_mandatory_rule_decides_the_run(workshop: Workshop, body: str, passes: bool) -> None:
    pack = workshop.pack(_PACK.format(body=body))
    code, output = workshop.run("preview", "--policy-pack", str(pack))
    assert "tried-pack" in output
    assert (code == 0) is passes, output
    assert ("refused here" in output) is not passes


def test_a_pack_that_raises_while_loading_fails_the_run_and_shows_why(workshop: Workshop) -> None:
    pack = workshop.pack("raise RuntimeError('broken pack')")
    code, output = workshop.run("preview", "--policy-pack", str(pack))
    assert code != 0
    assert "broken pack" in output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_hung_pack_ends_with_the_engine(workshop: Workshop, number: signal.Signals) -> None:
    marker = workshop.root / "hanging"
    body = f"import pathlib, time; pathlib.Path({str(marker)!r}).touch(); time.sleep(600)"
    pack = workshop.pack(_PACK.format(body=body))
    with workshop.start("preview", "--policy-pack", str(pack)) as engine:
        eventually(marker.exists, timeout=60)
        children = psutil.Process(engine.pid).children(recursive=True)
        assert any("pulumi.policy" in child.cmdline() for child in children)
        engine.send_signal(number)
        output = engine.communicate(timeout=30)[0]
    assert engine.returncode != 0
    assert "KeyboardInterrupt" not in output
    assert psutil.wait_procs(children, timeout=30)[1] == []

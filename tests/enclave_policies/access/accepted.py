"""Sites as cases: what the root component tells of them, what somebody signed, and what ACC-018 says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from enclave_policies.judging.judge import judge_stack
from enclave_policies.resources.resource import Provider, Resource
from enclave_policies.rules.access import ACCESS

from located_yaml import load
from tests.approving import accept, accepting, inspected
from tests.enclave_policies.access.cases import CONFIG_MAP, KUBERNETES, PROVIDER, law
from tests.enclave_policies.shipped import KUBECONFIG
from tests.enclave_policies.wellformed import ill_formed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding

RULES = tuple(rule for rule in ACCESS if rule.id == "ACC-018")
ROOT = "enclave:index:Enclave"


@dataclass(frozen=True)
class Case:
    """One stack, and words of its refusal; none where it is clean."""

    name: str
    raw: Mapping[str, Any]

    @property
    def expect(self) -> tuple[str, ...]:
        """Words that the refusals say."""
        return tuple(self.raw["expect"])

    def stack(self) -> list[Resource]:
        """Return the root component, and an object in a cluster."""
        urn = "urn:pulumi:local::enclave::"
        root = Resource(f"{urn}{ROOT}::europe", ROOT, "europe", {"sites": self.raw["sites"]}, None, custom=False)
        provider = Provider(PROVIDER, KUBERNETES, "hamar", {"kubeconfig": KUBECONFIG} if self.raw.get("real") else {})
        return [root, Resource(f"{urn}{CONFIG_MAP}::x", CONFIG_MAP, "x", {"metadata": {"name": "x"}}, provider)]

    def law(self, folder: Path) -> Law:
        """Return a law that lists the tests' inspectors and accepters, and where what they signed lies."""
        made = inspected(law(), folder)
        if self.raw.get("accepters", True):
            made = accepting(made)
        days = {name: replace(one, days=self.raw.get("days")) for name, one in made.lifecycle.acceptance.items()}
        return replace(made, lifecycle=replace(made.lifecycle, acceptance=days))

    def findings(self) -> list[Finding]:
        """Return what the rule finds."""
        first, *others = self.raw["sites"]
        with TemporaryDirectory() as name:
            folder = Path(name) / "approvals"
            made = self.law(folder)
            for check in made.lifecycle.acceptance:
                changes = self.raw.get("accepted", {}).get(check, {})
                if changes != "nobody":
                    accept(folder, check, **{"site": first, "in": self.raw.get("in", first), **changes})
                for site in others:
                    accept(folder, check, site=site)
            return [finding for found in judge_stack(self.stack(), made, RULES).values() for finding in found]

    def differences(self) -> list[str]:
        """Return how the findings differ from what is expected."""
        findings = self.findings()
        said = " | ".join(finding.message for finding in findings)
        wrong = [f"nobody said {words!r} but {said!r}" for words in self.expect if words not in said]
        return wrong + ([f"unexpected: {said}"] if said and not self.expect else []) + ill_formed(findings)


@cache
def accepted() -> tuple[Case, ...]:
    """Return every case."""
    return tuple(Case(raw["case"], raw) for raw in load(Path(__file__).with_name("accepted.yaml")).data)

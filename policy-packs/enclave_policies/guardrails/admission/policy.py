"""One admission policy, and the two Kubernetes objects that it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

API: Final = "admissionregistration.k8s.io/v1"
PREFIX: Final = "jurisdiction-"


@dataclass(frozen=True)
class Resources:
    """Resources of one API group, by their plural names; every version of the group is meant."""

    group: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """An expression that is true of what is allowed, and what is said where it is not.

    ``detail``: an expression whose text is added to the message, such as the names of what is wrong. ``rule``: where it
    is not the policy's, the rule of the pack that asks this.
    """

    expression: str
    message: str
    detail: str | None = None
    rule: str | None = None


@dataclass(frozen=True)
class AdmissionPolicy:
    """One question to the API server; all expressions are CEL.

    ``rule`` is the rule of the pack that asks the same. A request for which one of ``conditions`` is false is not asked
    about. ``variables`` may use those before them.
    """

    name: str
    rule: str
    resources: tuple[Resources, ...]
    checks: tuple[Check, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)

    @property
    def policy(self) -> dict[str, Any]:
        """The ValidatingAdmissionPolicy."""
        rules = [
            {
                "apiGroups": [resources.group],
                "apiVersions": ["*"],
                "operations": ["CREATE", "UPDATE"],
                "resources": list(resources.names),
            }
            for resources in self.resources
        ]
        spec: dict[str, Any] = {
            "failurePolicy": "Fail",
            "matchConstraints": {"matchPolicy": "Equivalent", "resourceRules": rules},
            "validations": [self._validation(check) for check in self.checks],
        }
        for key, expressions in (("matchConditions", self.conditions), ("variables", self.variables)):
            if expressions:
                spec[key] = [{"name": name, "expression": expression} for name, expression in expressions.items()]
        return self._object("ValidatingAdmissionPolicy", spec)

    @property
    def binding(self) -> dict[str, Any]:
        """The ValidatingAdmissionPolicyBinding, which makes the policy refuse."""
        spec = {"policyName": f"{PREFIX}{self.name}", "validationActions": ["Deny"]}
        return self._object("ValidatingAdmissionPolicyBinding", spec)

    def _object(self, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
        return {"apiVersion": API, "kind": kind, "metadata": {"name": f"{PREFIX}{self.name}"}, "spec": spec}

    def _validation(self, check: Check) -> dict[str, Any]:
        message = f"{check.rule or self.rule}: {check.message}"
        validation = {"expression": check.expression, "message": message}
        if check.detail is not None:
            validation["messageExpression"] = f"{text(f'{message}: ')} + {check.detail}"
        return validation


def text(value: str) -> str:
    """Return a text as a CEL literal."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

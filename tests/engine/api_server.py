"""The real API server as the admission tests ask it: dry runs of whole objects and of changes to them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from enclave_policies.guardrails.admission import AdmissionPolicy, admission_policies

from sandbox.layout import Layout
from sandbox.services import ports
from sandbox.services.apiserver import NAME
from sandbox.services.kubernetes_api import KubernetesApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from enclave_policies.law import Law

    from tests.engine.place import Place

REGISTRATION = "/apis/admissionregistration.k8s.io/v1"
PATIENCE = 30.0  # seconds; the API server takes up new policies about once a second
TAKEN = 409

Object = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What became of a request.

    ``said``: admitted, refused (by an admission policy), not served (no such kind) or not valid (whatever else).
    """

    said: str
    message: str = ""


@dataclass(frozen=True)
class ApiServer:
    """The API server of one sandbox."""

    place: Place

    @cached_property
    def api(self) -> KubernetesApi:
        """The administrator's access."""
        layout = Layout.of(self.place.folder)
        return KubernetesApi(ports.read(layout.ports)[NAME], layout.pki)

    @cached_property
    def kinds(self) -> Mapping[tuple[str, str], tuple[str, str, bool]]:
        """Path, plural and whether it is namespaced, by apiVersion and kind."""
        groups = [
            version["groupVersion"] for group in self.api.read("/apis")["groups"] for version in group["versions"]
        ]
        bases = {"v1": "/api/v1", **{version: f"/apis/{version}" for version in groups}}
        return {
            (version, resource["kind"]): (base, resource["name"], resource["namespaced"])
            for version, base in bases.items()
            for resource in self.api.read(base)["resources"]
            if "/" not in resource["name"]
        }

    def install(self, policies: Iterable[AdmissionPolicy]) -> None:
        """Create policies and their bindings."""
        for policy in policies:
            for plural, made in (
                ("validatingadmissionpolicies", policy.policy),
                ("validatingadmissionpolicybindings", policy.binding),
            ):
                status, text = self.api.request("POST", f"{REGISTRATION}/{plural}", made)
                assert status == 201, text

    def submit(self, body: Object, *, really: bool = False) -> Answer:
        """Ask for an object to be created; one whose name is taken is asked for under a name beside it."""
        known = self.kinds.get((body.get("apiVersion", ""), body.get("kind", "")))
        if known is None:
            return Answer("not served")
        base, plural, namespaced = known
        metadata = body.get("metadata", {})
        inside = f"/namespaces/{metadata.get('namespace', 'default')}" if namespaced else ""
        options = "fieldValidation=Ignore" + ("" if really else "&dryRun=All")
        status, text = self.api.request("POST", f"{base}{inside}/{plural}?{options}", body)
        if status == TAKEN and not metadata["name"].endswith("-beside"):
            return self.submit({**body, "metadata": {**metadata, "name": f"{metadata['name']}-beside"}})
        return answer(status, text)

    def change(self, path: str, patch: Object) -> Answer:
        """Ask for a patch of an object that is there; lists are merged by the names of their entries."""
        return answer(
            *self.api.request("PATCH", f"{path}?dryRun=All", patch, kind="application/strategic-merge-patch+json")
        )

    def wait_until(self, said: str, body: Object) -> None:
        """Wait until the API server has taken up that a policy is there, or gone."""
        until(lambda: self.submit(body).said == said)


def until(question: Callable[[], bool]) -> None:
    """Wait until the answer is yes."""
    deadline = time.monotonic() + PATIENCE
    while not question():
        assert time.monotonic() < deadline, f"still not so after {PATIENCE:.0f} s"
        time.sleep(0.2)


def answer(status: int, text: str) -> Answer:
    """Return an answer of the API server in our words."""
    if status in (200, 201):
        return Answer("admitted")
    message = json.loads(text).get("message", "") if text.startswith("{") else text
    policy = "ValidatingAdmissionPolicy 'jurisdiction-" in message and "denied request" in message
    return Answer("refused" if policy else "not valid", message)


def policies_of(law: Law) -> tuple[AdmissionPolicy, ...]:
    """Return the policies of the site that the shipped law registers, by whose nodes the corpus is labelled."""
    (cluster,) = [cluster for cluster in law.clusters if not cluster.stand_in]
    return admission_policies(law, cluster)

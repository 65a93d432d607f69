"""JUR-043: no custom resource makes what nobody sees, or makes it in a cloud or a cluster elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.kubernetes import controllers
from enclave_policies.kubernetes.objects import HELM
from enclave_policies.kubernetes.own import has_own_endpoint
from enclave_policies.kubernetes.surveyed import surveyed
from enclave_policies.reading.rule import Rule
from enclave_policies.reading.site import runs_on_aws
from enclave_policies.texts.patterns import REGION_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.kubernetes.survey import Survey
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

KARPENTER = "karpenter.k8s.aws"
REGION_ANNOTATION = "services.k8s.aws/region"


def check(reading: Reading) -> Iterator[Finding]:
    """Judge custom resources by what their controllers do with them."""
    for found, survey in surveyed(reading.resource):
        if not found.custom or found.group == HELM:
            continue
        group, kind = found.group, found.kind
        if controllers.OTHER_CLOUDS.fullmatch(group):
            yield rule.finding(reading, f"would be in another cloud: {group} is not the enclave's")
        elif controllers.matches(controllers.OPAQUE, group, kind):
            yield rule.finding(reading, "would make what no judge sees before it exists", verdict="undetermined")
        elif controllers.matches(controllers.OTHER_CLUSTERS, group, kind):
            yield rule.finding(reading, "would share objects or open ways to other clusters", verdict="undetermined")
        elif group == KARPENTER and runs_on_aws(reading):
            continue  # it makes nodes of its own cluster, where that is
        elif controllers.AWS.fullmatch(group) and not _has_region(found, survey):
            problem = "would be wherever its controller's environment says: it names no region"
            yield rule.finding(reading, problem, verdict="undetermined")
        yield from _hosted(reading, survey)


def _has_region(found: KubernetesObject, survey: Survey) -> bool:
    """Whether it says its region itself; which one, JUR-027 judges."""
    return (
        controllers.AWS_GLOBAL.fullmatch(found.group) is not None
        or any(REGION_KEY.fullmatch(text.name) for text in survey.texts)
        or any(note.name == REGION_ANNOTATION for note in survey.annotations)
    )


def _hosted(reading: Reading, survey: Survey) -> Iterator[Finding]:
    hosted = {part for text in survey.texts for part in text.path.split(".") if part in controllers.HOSTED}
    hosted |= {
        str(text.value)
        for text in survey.texts
        if text.name in controllers.SAYS_HOSTED and text.value in controllers.HOSTED_VALUES
    }
    if not hosted or has_own_endpoint(survey, reading.law):
        return
    problem = f"would use the hosted service {min(hosted)}, which is not the enclave's"
    yield rule.finding(reading, problem, verdict="undetermined")


rule = Rule(
    id="JUR-043",
    name="custom-creator",
    title="No custom resource makes what no judge sees, or makes it in a cloud or a cluster elsewhere.",
    severity="high",
    remedy="declare what it would make as resources, or have it reviewed and excepted (law/exceptions.yaml)",
    check=check,
    package="kubernetes",
)

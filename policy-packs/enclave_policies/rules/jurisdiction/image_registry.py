"""JUR-018: container images come from the enclave's own registries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.image_references import split_image
from enclave_policies.kubernetes.images import refused_image
from enclave_policies.kubernetes.podspec import pod_spec
from enclave_policies.kubernetes.surveyed import surveyed
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.survey import Found
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

IMAGE_ANNOTATION = re.compile(r"(?i).*/[\w.-]*image")
CONTAINER_LISTS = ("containers", "initContainers", "ephemeralContainers")
AWS_CONTAINERS = re.compile(
    r"aws:(ecs|batch|lambda|apprunner|sagemaker|lightsail|codebuild|emrcontainers|emrserverless|bedrock|imagebuilder"
    r"|gamelift|greengrass|robomaker)/"
)
"""AWS services whose bare image names are container images."""
NO_CONTAINER_IMAGE = re.compile(
    r"(?i)ami-|arn:|resolve:|ssm:|aws/codebuild/|[:/]|.*\s|.*\.(png|jpe?g|svg|gif|ico|qcow2|iso|img|raw)$"
)
"""Machine images, parameters, AWS's own build images, paths, titles and files."""


def check(reading: Reading) -> Iterator[Finding]:
    """Judge every image of a container, init or debug container, volume or sidecar, wherever a kind holds them."""
    for mention in reading.of("image"):
        if reading.resource.type.startswith("aws:") and _is_container_image(mention.value, reading):
            yield from _judge(reading, mention.path, mention.value)
    for found, survey in surveyed(reading.resource):
        spec = pod_spec(found)
        if spec is UNKNOWN or (spec and any(spec.get(name) is UNKNOWN for name in CONTAINER_LISTS)):
            yield rule.finding(reading, "would run containers that are not known yet", verdict="undetermined")
        for image in survey.images:
            if not found.custom or _looks_like_one(image):
                yield from _judge(reading, image.path, image.value)
        for annotation in survey.annotations:
            if IMAGE_ANNOTATION.fullmatch(annotation.name) and isinstance(annotation.value, str):
                yield from _judge(reading, f"annotation {annotation.name}", annotation.value)


def _judge(reading: Reading, path: str, value: Any) -> Iterator[Finding]:
    if not isinstance(value, str):
        problem = f"would run an image that is not known yet ({path})"
        yield rule.finding(reading, problem, verdict="undetermined")
        return
    refusal = refused_image(value, reading.law)
    if refusal:
        problem = f"would run an image {refusal.words} ({path})"
        yield rule.finding(reading, problem, where=refusal.where, country=refusal.country)


def _is_container_image(value: Any, reading: Reading) -> bool:
    if not isinstance(value, str) or not value or NO_CONTAINER_IMAGE.match(value):
        return False
    registry, _ = split_image(value)
    return AWS_CONTAINERS.match(reading.resource.type) is not None or ("/" in value and registry != "docker.io")


def _looks_like_one(image: Found) -> bool:
    """Whether an input of a custom resource holds a container image: names like these also hold pictures and disks."""
    value = image.value
    return not isinstance(value, str) or (bool(value) and "://" not in value and not NO_CONTAINER_IMAGE.match(value))


rule = Rule(
    id="JUR-018",
    name="image-registry",
    title="Container images come from the enclave's own registries.",
    severity="high",
    remedy="push the image to an own registry (law/approved.yaml: registries), by digest, and run it from there",
    check=check,
    roles=frozenset({"image", "object"}),
)

"""JUR-030: no model is asked through a profile that lets other regions answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.catalog.model_profiles import ANYWHERE
from enclave_policies.catalog.values import values_at
from enclave_policies.identifiers.shown import shown
from enclave_policies.places.regions import refused_region
from enclave_policies.reading.flow import flow
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading


def check(reading: Reading) -> Iterator[Finding]:
    """Judge each model that an input names (law/catalog/models): its profile, and the first region that is not home."""
    models = reading.law.models
    named = {(mention.path, str(mention.value)) for mention in reading.of("model")}
    for path in models.inputs.get(reading.resource.type, ()):
        named |= {(path, model) for model in values_at(reading.settings, path) if isinstance(model, str)}
    for path, model in sorted(named):
        problem = _abroad(reading, models.regions_of(model))
        if problem:
            yield rule.finding(reading, f"asks {shown(model)}, {problem} ({path})")


def _abroad(reading: Reading, regions: tuple[str, ...]) -> str | None:
    for region in regions:
        if region == ANYWHERE:
            return "which any region may answer"
        refusal = refused_region(region, reading.law)
        if refusal and flow(reading, refusal.country, "copy").basis is None:
            return f"which {refusal.words} may answer"
    return None


rule = Rule(
    id="JUR-030",
    name="model-profile",
    title="No model is asked through a profile that lets other regions answer.",
    severity="critical",
    remedy="name the model of the region itself, without a profile's prefix",
    check=check,
    package="aws",
)

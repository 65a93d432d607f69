"""The rules of each pack, as tables."""

from enclave_policies.rules import (
    arn_region,
    cluster_binding,
    default_provider,
    known_type,
    provider_region,
    resource_region,
    unknown_place,
    worldwide_service,
    zone,
)

JURISDICTION = (
    resource_region.rule,
    provider_region.rule,
    zone.rule,
    arn_region.rule,
    default_provider.rule,
    cluster_binding.rule,
    known_type.rule,
    unknown_place.rule,
    worldwide_service.rule,
)

"""The rules of each pack, as tables."""

from enclave_policies.rules import (
    actual_place,
    arn_region,
    bucket_place,
    cluster_binding,
    default_provider,
    edge_site,
    flow_basis,
    foreign_account,
    known_type,
    opaque_creator,
    provider_region,
    provider_trust,
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
    flow_basis.rule,
    foreign_account.rule,
    opaque_creator.rule,
    provider_trust.rule,
    edge_site.rule,
    bucket_place.rule,
    actual_place.rule,
)

"""The rules of the pack `segmentation`, as a table."""

from enclave_policies.rules.segmentation import (
    api_way,
    declared_segment,
    declared_way,
    endpoint_policy,
    internet_way,
    known_way,
    must_cross,
    must_deny,
    must_permit,
    open_range,
    pod_exposure,
    resolver,
)

SEGMENTATION = (
    open_range.rule,
    pod_exposure.rule,
    resolver.rule,
    api_way.rule,
    declared_segment.rule,
    declared_way.rule,
    must_deny.rule,
    must_permit.rule,
    must_cross.rule,
    internet_way.rule,
    known_way.rule,
    endpoint_policy.rule,
)

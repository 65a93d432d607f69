"""The rules of the pack `segmentation`."""

from typing import Final

from enclave_policies.rules.registry import rules_in

SEGMENTATION: Final = rules_in(__name__)

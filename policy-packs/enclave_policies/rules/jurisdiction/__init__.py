"""The rules of the pack `jurisdiction`."""

from typing import Final

from enclave_policies.rules.registry import rules_in

JURISDICTION: Final = rules_in(__name__)

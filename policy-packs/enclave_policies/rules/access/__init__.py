"""The rules of the pack `access`."""

from typing import Final

from enclave_policies.rules.registry import rules_in

ACCESS: Final = rules_in(__name__)

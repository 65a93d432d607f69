"""The rules of the pack `key-custody`."""

from typing import Final

from enclave_policies.rules.registry import rules_in

KEY_CUSTODY: Final = rules_in(__name__)

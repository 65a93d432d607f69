"""The key custody pack: its law lies beside it, on top of the jurisdiction's; its rules in enclave_policies."""

from enclave_policies.judging.adapter import run
from enclave_policies.law.folder.custody import load_custody_law
from enclave_policies.rules.key_custody import KEY_CUSTODY

run(__file__, KEY_CUSTODY, load=load_custody_law)

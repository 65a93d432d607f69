"""The access pack: its law lies beside it, on top of the jurisdiction's; its rules in enclave_policies."""

from enclave_policies.judging.adapter import run
from enclave_policies.law.folder.access import load_access_law
from enclave_policies.rules.access import ACCESS

run(__file__, ACCESS, load=load_access_law)

"""The jurisdiction pack: its law lies beside it, its rules in enclave_policies."""

from enclave_policies.judging.adapter import run
from enclave_policies.rules.jurisdiction import JURISDICTION

run(__file__, JURISDICTION)

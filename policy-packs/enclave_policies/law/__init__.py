"""The law in force, as rules see it: what is where, and what is approved."""

from enclave_policies.law.model import Law

__all__ = ["Law"]

"""The law in force: what is where, and what is approved; read from a pack's law folder and a sandbox's overlay."""

from enclave_policies.law.load import SHIPPED, load_law
from enclave_policies.law.model import Law

__all__ = ["SHIPPED", "Law", "load_law"]

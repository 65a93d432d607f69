"""Read the law from a pack's folder and a sandbox's overlay."""

from enclave_policies.law.folder.load import SHIPPED, load_law

__all__ = ["SHIPPED", "load_law"]

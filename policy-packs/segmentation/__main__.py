"""The segmentation pack: what is meant stands in the stack itself, its rules in enclave_policies."""

from enclave_policies.judging.adapter import run
from enclave_policies.law.folder import load_law
from enclave_policies.rules.segmentation import SEGMENTATION

run(__file__, SEGMENTATION, lambda _folder, *, as_of: load_law(as_of=as_of))

"""The declaration of an enclave: what is wanted."""

from components.declaration.load import load_declaration
from components.declaration.model import AwsSite, Declaration, KubernetesSite

__all__ = ["AwsSite", "Declaration", "KubernetesSite", "load_declaration"]

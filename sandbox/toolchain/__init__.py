"""The sandbox's tools: found, or built from Go modules into the user's cache."""

from sandbox.toolchain.doctor import Row, report
from sandbox.toolchain.errors import ToolchainError
from sandbox.toolchain.progress import Progress
from sandbox.toolchain.provide import Toolchain, ensure

__all__ = ["Progress", "Row", "Toolchain", "ToolchainError", "ensure", "report"]

"""The sandbox's tools: found, or built from Go modules into the user's cache."""

from sandbox.toolchain.ensure import Toolchain, ensure
from sandbox.toolchain.errors import ToolchainError
from sandbox.toolchain.progress import Progress
from sandbox.toolchain.report import Row, report

__all__ = ["Progress", "Row", "Toolchain", "ToolchainError", "ensure", "report"]

"""A run loads what it needs: AWS's own SDK would be a fifth of a program's start, and few runs ask AWS anything."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"boto3", "securesystemslib"}


def test_neither_the_program_nor_the_gate_loads_what_asks_aws() -> None:
    code = f"import sys, components.stack, console.program, console.gate.commands; print({HEAVY} & set(sys.modules))"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "set()"


def test_what_looks_for_things_in_aws_is_noticed() -> None:
    """The seeded bug of this test: the module that a plan once loaded."""
    code = f"import sys, console.gate.recover.aws_finding; print({HEAVY} & set(sys.modules))"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "boto3" in asked.stdout

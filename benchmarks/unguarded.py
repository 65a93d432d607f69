"""The peer of the guard: a program of our own that builds the same enclave, in a folder that ends with the run.

The product has no switch that leaves the guard out, and must not have one.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from string import Template
from typing import TYPE_CHECKING

from console.gate.stack import project

if TYPE_CHECKING:
    from benchmarks.workbench import Workbench
    from console.gate.engine import Engine

_program = Template('''"""The enclave without its guard, to be previewed only."""

from pathlib import Path

import pulumi
from enclave_policies.law.folder import load_law

from components.clouds import clouds_of
from components.declaration import load_declaration
from components.enclave import Enclave, EnclaveArgs
from console.guardrails import compile_guardrails
from console.quiet import keep_quiet

keep_quiet()
declaration = load_declaration(Path("stacks/$stack.yaml"))
clouds = clouds_of(declaration, pulumi.Config().get)
guardrails = compile_guardrails(clouds, load_law())
enclave = Enclave(declaration.enclave, EnclaveArgs(declaration, clouds, guardrails))
pulumi.export("sites", enclave.sites)
''')


def unguarded(bench: Workbench) -> Engine:
    """Return the engine, without packs, of the same stack without the guard."""
    engine = bench.local
    folder = bench.place / "unguarded"
    (folder / "stacks").mkdir(parents=True)
    for name in (f"{engine.stack}.yaml", f"Pulumi.{engine.stack}.yaml"):
        shutil.copy(project / "stacks" / name, folder / "stacks")
    settings = (project / "Pulumi.yaml").read_text(encoding="utf-8")
    own = settings.replace("virtualenv: .venv", f"virtualenv: {sys.prefix}")
    (folder / "Pulumi.yaml").write_text(own, encoding="utf-8")
    (folder / "__main__.py").write_text(_program.substitute(stack=engine.stack), encoding="utf-8")
    return replace(engine, project=folder, packs=())

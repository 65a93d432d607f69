"""A copy of a stack's state in a backend of its own: what an engine does with it, the stack never sees."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from console.gate.engine import Engine


def copied(engine: Engine, folder: Path, export: Mapping[str, Any]) -> Engine:
    """Write a backend that holds an export, and a project with the stack's settings; return an engine for them.

    Source: engine 3.259, pkg/backend/diy: `.pulumi/stacks/PROJECT/STACK.json`, beside `.pulumi/meta.yaml`.
    """
    project, state = folder / "project", folder / "state"
    (project / "stacks").mkdir(parents=True)
    for name in ("Pulumi.yaml", "__main__.py", f"stacks/Pulumi.{engine.stack}.yaml"):
        if (engine.project / name).is_file():
            shutil.copy(engine.project / name, project / name)
    stacks = state / ".pulumi" / "stacks" / engine.name
    stacks.mkdir(parents=True)
    (state / ".pulumi" / "meta.yaml").write_text("version: 1\n", encoding="utf-8")
    checkpoint = {"stack": f"organization/{engine.name}/{engine.stack}", "latest": export["deployment"]}
    document = {"version": export["version"], "checkpoint": checkpoint}
    (stacks / f"{engine.stack}.json").write_text(json.dumps(document), encoding="utf-8")
    variables = {**engine.environment, "PULUMI_BACKEND_URL": f"file://{state}"}
    return replace(engine, project=project, environment=variables)

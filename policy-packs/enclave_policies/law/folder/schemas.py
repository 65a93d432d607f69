"""The JSON Schemas that let an editor check the law's files while they are typed.

``python -m enclave_policies.law.folder.schemas`` writes them beside each pack's law; a test fails when one is stale.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from enclave_policies.law.access import InspectorsFile, MeasuresFile, NeverFile
from enclave_policies.law.custody import CustodyFile, StorageFile
from enclave_policies.law.folder import access, custody, files, load
from enclave_policies.law.folder.sources import SHIPPED
from located_yaml.json_schema import schema_of

if TYPE_CHECKING:
    from pathlib import Path


def schemas() -> dict[Path, str]:
    """Return each schema's file with its text; ``local`` is the one of all files in ``law/local``."""
    jurisdiction = {**SHIPPED, "local.yaml": files.LocalFile}
    gateways = {access.NEVER: NeverFile, access.INSPECTORS: InspectorsFile, access.MEASURES: MeasuresFile}
    keys = {custody.CUSTODY: CustodyFile, custody.STORAGE: StorageFile}
    return {
        _file(pack, name): json.dumps(schema_of(model), indent=2, ensure_ascii=False) + "\n"
        for pack, models in ((load.SHIPPED, jurisdiction), (custody.SHIPPED, keys), (access.SHIPPED, gateways))
        for name, model in models.items()
    }


def _file(pack: Path, name: str) -> Path:
    return pack / "schemas" / f"{name.removesuffix('.yaml')}.schema.json"


if __name__ == "__main__":
    for file, text in schemas().items():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")

"""The shared table of names: what the pack, an audit and the admission policies must all say."""

from __future__ import annotations

from pathlib import Path

import located_yaml

table: dict[str, dict[str, list[str]]] = located_yaml.load(Path(__file__).with_name("names.yaml")).data
NAMES: dict[str, bool] = {
    str(name): verdict == "own" for verdict, families in table.items() for each in families.values() for name in each
}
"""Name → whether it may be reached."""
AT_LEAST = 200

"""Finding things in boto3's answers."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def at(answer: Any, path: str) -> Any:
    """What lies at `path`, such as `Vpcs[0].CidrBlock`; None where it ends early; the answer itself without a path."""
    for key, index in _STEP.findall(path):
        if key:
            answer = answer.get(key) if isinstance(answer, Mapping) else None
        else:
            answer = answer[int(index)] if isinstance(answer, Sequence) and int(index) < len(answer) else None
        if answer is None:
            return None
    return answer


def tag_map(tags: Sequence[Mapping[str, str]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """AWS's list of tags as a map."""
    return {tag[key]: tag.get(value, "") for tag in tags or ()}


def tag_list(tags: Mapping[str, str] | None, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """A map of tags as AWS's list."""
    return [{key: name, value: text} for name, text in (tags or {}).items()]

"""What a stack in a sandbox is judged by beside the shipped law: the sandbox's overlay and approvals."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from console.gate import stack as stacks
from console.inspect.subjects import sandbox_folder
from console.recording.making import SANDBOX, surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_SANDBOX: Final = (
    "this stack stands in a sandbox, and none is at hand here: its law adds the clusters and endpoints that the stack "
    "is judged by, and its approvals lie there; set ENCLAVE_SANDBOX to its folder"
)


@contextmanager
def around(stack: str) -> Iterator[tuple[str, ...]]:
    """Judge a stack by the sandbox that it is declared to stand in, and by none otherwise; yield what is missing."""
    if not stacks.file_of(stack).is_file() or not stacks.declared(stack).sandbox:
        with surroundings({}):
            yield ()
        return
    folder = sandbox_folder()
    there = (folder / "law.yaml").is_file()
    with surroundings({SANDBOX: str(folder)} if there else {}):
        yield () if there else (NO_SANDBOX,)

"""One worker of a wave on the site that it fills: it copies one part of the plan, and leaves word of it.

It is the engine of `enclave wave run` over one part. A worker that was killed is run again, and asks the listings.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from hosts.wave.copier import Copier, CopyError, Limits
from hosts.wave.journal import Journal, lines
from hosts.wave.plan import Lying, PlanError, read_plan
from hosts.wave.reached import PATIENT, NoCredentialsError, by_address, reached
from hosts.wave.starting import BAD, CONFLICT, FAILED, INDEX, PROGRAM, Settings, read_settings
from hosts.wave.wave import JOURNAL, ConflictError, Wave

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hosts.wave.progress import Progress
    from hosts.wave.store import Store

EVERY = 30.0
"""Seconds between two lines of progress."""


@dataclass(frozen=True)
class Worker:
    """One worker: what it is told, which part it does, the copier's program, and a folder for what it notes."""

    settings: Settings
    index: int
    program: Path
    scratch: Path

    def run(self) -> int:
        """Copy the part, and leave word of it, or of what stopped it; return how the worker ends."""
        kept = self._store("target", self.settings.journal)
        try:
            told, code = self._copied(kept), 0
        except ConflictError as error:
            told, code = {"problem": str(error)}, CONFLICT
        except PlanError as error:
            told, code = {"problem": str(error)}, BAD
        except (CopyError, BotoCoreError, ClientError) as error:
            told, code = {"problem": str(error)}, FAILED
        body = json.dumps({"index": self.index, "at": round(time.time(), 3), **told}, sort_keys=True).encode()
        kept.client.put_object(Bucket=kept.bucket, Key=self._lying.result(self.index), Body=body)
        sys.stdout.write(f"part {self.index}: {told.get('problem', 'copied')}\n")
        return code

    @property
    def _lying(self) -> Lying:
        return Lying(self.settings.wave, self.settings.plan)

    def _copied(self, kept: Store) -> dict[str, Any]:
        content = kept.client.get_object(Bucket=kept.bucket, Key=self._lying.content)["Body"].read()
        plan = read_plan(content, self.settings.plan, self.settings.buckets)
        if not 0 <= self.index < len(plan.items):
            raise PlanError(f"there is no part {self.index}: the plan has {len(plan.items)}, counted from 0")
        item = plan.items[self.index]
        source, target = self._store("source", item.source), self._store("target", item.target)
        with Journal(self.scratch / JOURNAL) as journal:
            copier = Copier(self.program, source, target, Limits(**self.settings.limits), journal.handle)  # type: ignore[arg-type]
            wave = Wave(source, target, copier, self.scratch, journal, _Teller())
            wave.take_over(plan.parts(item.source))
            wave.copy_part(item.part.number)
            line = lines(journal.file)[-1]
        return {"bucket": item.source, **{name: line[name] for name in ("part", "objects", "bytes", "seconds")}}

    def _store(self, end: str, bucket: str) -> Store:
        site, url = self.settings.source if end == "source" else self.settings.target
        return reached(site, bucket, by_address(PATIENT), url, files=end == "target")


class _Teller:
    def __init__(self) -> None:
        self._next = time.monotonic() + EVERY

    def __call__(self, progress: Progress) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            sys.stdout.write(f"{progress}\n")


def main(words: Sequence[str] | None = None) -> int:
    """Do one part."""
    parser = argparse.ArgumentParser(prog=PROGRAM, description=__doc__)
    for name, told in (
        ("settings", "the file with what to do"),
        ("digest", "the digest of the settings"),
        ("credentials", "an AWS configuration file with a profile for each site"),
        ("scratch", "a folder for what is noted on the way"),
        ("rclone", "the copier's program"),
    ):
        parser.add_argument(f"--{name}", required=True, help=told)
    asked = parser.parse_args(words)
    # Nobody's own settings, and nothing that a machine offers to whoever runs on it, decide which keys are used.
    own = {"AWS_CONFIG_FILE": asked.credentials, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    os.environ.update(own | {"AWS_EC2_METADATA_DISABLED": "true", "TMPDIR": asked.scratch})
    tempfile.tempdir = asked.scratch
    try:
        number = _number(os.environ.get(INDEX, ""))
        settings = read_settings(Path(asked.settings).read_text(encoding="utf-8"), asked.digest)
        with tempfile.TemporaryDirectory(prefix="part-") as folder:
            return Worker(settings, number, Path(asked.rclone), Path(folder)).run()
    except (OSError, ValueError, NoCredentialsError) as error:
        sys.stderr.write(f"{PROGRAM}: {error}\n")
        return BAD
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{PROGRAM}: a store does not do what it is asked: {error}\n")
        return FAILED


def _number(index: str) -> int:
    if not (index.isascii() and index.isdigit()):
        raise ValueError(f"{INDEX} is {index!r}, and the cluster must say there which part is done")
    return int(index)

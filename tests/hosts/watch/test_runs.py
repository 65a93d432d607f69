"""A run of a watch is known by its signature and its own name, and the newest that the store took counts."""

from __future__ import annotations

import base64
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hosts.gateway.receiver import REGION
from hosts.watch.approved import KUBERNETES, Site
from hosts.watch.differences import Difference
from hosts.watch.errors import WatchError
from hosts.watch.heartbeat import Run, opened, run_of, written
from hosts.watch.log_copy import last_run
from hosts.watch.starting import Scheduled, minutes_of, scheduled_by
from sandbox.gateways.receiver import prepare, store

if TYPE_CHECKING:
    from tests.sandbox.aws_plugin.local_aws import LocalAws

KEY = Ed25519PrivateKey.generate()
PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
BUCKET = "runs"


def run(host: str = "watch-1-a", site: str = "hamar") -> Run:
    found = [Difference(site, "", "rule-missing", "x", "a", "b")]
    more = {"enclave": "europe", "site": site, "next": 60, "approved": "", "untold": 0}
    return run_of(host, datetime.now(UTC), found, **more)


def test_a_run_comes_back_as_it_was_signed() -> None:
    assert opened(written(run(), KEY), PUBLIC) == run()


@pytest.mark.parametrize("public", ["", base64.b64encode(bytes(32)).decode()])
def test_a_run_that_another_key_signed_is_none(public: str) -> None:
    with pytest.raises(WatchError):
        opened(written(run(), KEY), public)


def test_one_changed_byte_is_noticed() -> None:
    data = written(run(), KEY).replace(b'"sig": "', b'"sig": "A')
    with pytest.raises(WatchError):
        opened(data, PUBLIC)


@pytest.fixture
def site(aws: LocalAws) -> Site:
    aws.forget()
    prepare(store(aws.url), BUCKET)
    return Site(
        "hamar",
        KUBERNETES,
        record_bucket=BUCKET,
        record_region=REGION,
        record_endpoint=aws.url,
        watch_seconds=60,
        watch_key=PUBLIC,
    )


def test_the_newest_run_counts(aws: LocalAws, site: Site) -> None:
    assert last_run(site, datetime.now(UTC)) is None
    for each in (run("watch-1-a"), replace(run("watch-2-b"), found=7)):
        aws.s3.put_object(Bucket=BUCKET, Key=each.key, Body=written(each, KEY))
    found = last_run(site, datetime.now(UTC))
    assert found is not None
    assert (found.found in (1, 7), found.wrong) == (True, "")


@pytest.mark.parametrize("name", ["its own", "another"])
def test_a_run_that_is_shown_again_is_no_new_one(aws: LocalAws, site: Site, name: str) -> None:
    """The seeded bug: the newest version of any name counts, so an old run shows a watch that no longer runs."""
    one = run()
    aws.s3.put_object(Bucket=BUCKET, Key=one.key, Body=written(one, KEY))
    first = last_run(site, datetime.now(UTC))
    time.sleep(1.1)  # a store's clock tells whole seconds
    key = one.key if name == "its own" else replace(one, host="watch-9-z").key
    aws.s3.put_object(Bucket=BUCKET, Key=key, Body=written(one, KEY))
    again = last_run(site, datetime.now(UTC))
    assert first is not None
    assert again is not None
    assert (again.taken == first.taken, bool(again.wrong)) == ((True, False) if name == "its own" else (False, True))


def test_a_run_of_another_site_is_none(aws: LocalAws, site: Site) -> None:
    other = run(site="oslo")
    aws.s3.put_object(Bucket=BUCKET, Key=other.key, Body=written(other, KEY))
    found = last_run(site, datetime.now(UTC))
    assert found is not None
    assert "of oslo" in found.wrong


@pytest.mark.parametrize("minutes", [1, 2, 5, 30])
def test_a_command_and_a_schedule_say_what_they_were_made_of(minutes: int) -> None:
    start = Scheduled("hamar", "https://host/bucket", "https://host/alerts", minutes)
    assert scheduled_by(start.program.command) == start
    assert minutes_of(start.schedule) == minutes


@pytest.mark.parametrize(
    "schedule", ["0 * * * *", "*/7 * * * *", "*/5 * * * 1", "@hourly", "*/0 * * * *", "", None, "*/5"]
)
def test_a_schedule_in_another_form_is_none_that_anybody_knows(schedule: str | None) -> None:
    assert minutes_of(schedule) is None

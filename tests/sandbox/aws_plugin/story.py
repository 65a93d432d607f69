"""The life of one resource of every type, told once in real engine runs; the tests look at its chapters."""

import time
from dataclasses import dataclass
from typing import Any

from tests.sandbox.aws_plugin.engine import PROGRAMS, SECRET_KEY, Engine, Run
from tests.sandbox.aws_plugin.local_aws import LocalAws
from tests.sandbox.aws_plugin.outside import CHANGES, SOMEBODYS

EVERY_TYPE = PROGRAMS / "every_type"


@dataclass(frozen=True)
class Story:
    """Each chapter is one run of the engine, or the state or inventory between two runs."""

    inventory_before: set[str]
    preview: Run
    inventory_after_preview: set[str]
    created: Run
    seconds_to_create: float
    first_state: list[dict[str, Any]]
    refreshed: Run
    updated: Run
    second_state: list[dict[str, Any]]
    unchanged: Run
    drifted: Run
    healed: Run
    refreshed_after_healing: Run
    destroyed: Run
    inventory_after_destroy: set[str]
    gone: Run


def tell(engine: Engine, aws: LocalAws) -> Story:
    """Live through all chapters."""
    aws.forget()
    engine.configure(endpoint=aws.url)
    engine.expect("config", "set", "--secret", "secretKey", SECRET_KEY)
    inventory_before = aws.inventory()
    preview = engine.recorded("preview")
    inventory_after_preview = aws.inventory()
    started = time.monotonic()
    created = engine.recorded("up")
    seconds = time.monotonic() - started
    first_state = engine.resources() if created.code == 0 else []
    refreshed = engine.recorded("refresh")
    engine.configure(changed="true")
    updated = engine.recorded("up")
    second_state = engine.resources() if updated.code == 0 else []
    unchanged = engine.recorded("refresh")
    _change_outside(aws, second_state)
    drifted = engine.recorded("refresh")
    healed = engine.recorded("up")
    refreshed_after_healing = engine.recorded("refresh")
    remembered = engine.expect("stack", "export").output
    _tidy(aws)
    destroyed = engine.recorded("destroy")
    inventory_after_destroy = aws.inventory() - inventory_before
    # Somebody else has deleted everything: the state of before, the AWS of now.
    (engine.root / "remembered.json").write_text(remembered, encoding="utf-8")
    engine.expect("stack", "import", "--file", str(engine.root / "remembered.json"))
    gone = engine.recorded("refresh")
    return Story(
        inventory_before,
        preview,
        inventory_after_preview,
        created,
        seconds,
        first_state,
        refreshed,
        updated,
        second_state,
        unchanged,
        drifted,
        healed,
        refreshed_after_healing,
        destroyed,
        inventory_after_destroy,
        gone,
    )


def _change_outside(aws: LocalAws, resources: list[dict[str, Any]]) -> None:
    for resource in resources:
        CHANGES[resource["type"]](aws, resource["id"], resource["outputs"])


def _tidy(aws: LocalAws) -> None:
    """Remove what the outside changes themselves have made, and what would keep the VPC from going."""
    for key in aws.kms.list_keys()["Keys"]:
        if aws.kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["Description"] == SOMEBODYS:
            aws.kms.schedule_key_deletion(KeyId=key["KeyId"])
    for table in aws.ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": [SOMEBODYS]}])["RouteTables"]:
        aws.ec2.delete_route_table(RouteTableId=table["RouteTableId"])

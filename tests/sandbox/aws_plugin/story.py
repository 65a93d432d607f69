"""The life of one resource of every type, told once in real engine runs; the tests look at its chapters."""

import json
from dataclasses import dataclass
from typing import Any

from tests.sandbox.aws_plugin.engine import PROGRAMS, SECRET_KEY, Engine, Run
from tests.sandbox.aws_plugin.local_aws import LocalAws
from tests.sandbox.aws_plugin.outside import CHANGES, SOMEBODYS

IMPORTED = "imported-"
EVERY_TYPE = PROGRAMS / "every_type"


@dataclass(frozen=True)
class Story:
    """Each chapter is one run of the engine, or the state or inventory between two runs."""

    inventory_before: set[str]
    preview: Run
    inventory_after_preview: set[str]
    created: Run
    refreshed: Run
    first_state: list[dict[str, Any]]
    imported: Run
    imported_state: list[dict[str, Any]]
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
    engine.configure(endpoint=aws.url, root=aws.organize())
    engine.expect("config", "set", "--secret", "secretKey", SECRET_KEY)
    inventory_before = aws.inventory()
    preview = engine.recorded("preview")
    inventory_after_preview = aws.inventory()
    created = engine.recorded("up")
    refreshed = engine.recorded("refresh")
    first_state = engine.resources()
    imported, imported_state = _import_everything(engine, first_state)
    engine.configure(changed="true")
    updated = engine.recorded("up")
    second_state = engine.resources()
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
        refreshed,
        first_state,
        imported,
        imported_state,
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


def import_id(resource: dict[str, Any]) -> str:
    """The id by which the official plugin imports a resource; a regional one is named with its region."""
    outputs = resource["outputs"]
    special = {
        "aws:ec2/routeTableAssociation:RouteTableAssociation": "{subnetId}/{routeTableId}",
        "aws:ec2/defaultRouteTable:DefaultRouteTable": "{vpcId}",
        "aws:ec2/route:Route": "{routeTableId}_{destinationCidrBlock}",
    }
    identity = special.get(resource["type"], resource["id"].replace("{", "{{")).format(**outputs)
    return f"{identity}@{outputs['region']}" if "region" in outputs else identity


def _import_everything(engine: Engine, resources: list[dict[str, Any]]) -> tuple[Run, list[dict[str, Any]]]:
    """Import every resource a second time under another name, look at the result, and take it back."""
    remembered = engine.root / "before-import.json"
    remembered.write_text(engine.expect("stack", "export").output, encoding="utf-8")
    provider = next(iter({resource["provider"].rpartition("::")[0] for resource in resources}), "")
    wanted = [
        {
            "type": resource["type"],
            "name": IMPORTED + resource["urn"].rpartition("::")[2],
            "id": import_id(resource),
            "provider": "local",
        }
        for resource in resources
    ]
    order = engine.root / "import.json"
    order.write_text(json.dumps({"nameTable": {"local": provider}, "resources": wanted}), encoding="utf-8")
    run = engine.recorded("import", "--file", str(order), "--generate-code=false", "--protect=false")
    state = [r for r in engine.resources() if r["urn"].rpartition("::")[2].startswith(IMPORTED)]
    engine.expect("stack", "import", "--file", str(remembered))
    return run, state


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

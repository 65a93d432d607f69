"""Projects that exist only for a measurement: a program of N log groups, and a pack of one rule that does nothing."""

from __future__ import annotations

import sys
from string import Template
from typing import TYPE_CHECKING

from enclave_policies.resources.resource import Provider, Resource

from benchmarks.errors import NotMeasuredError
from console.gate.engine import Engine

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.workbench import Workbench

_stack = "priced"
_type = "aws:cloudwatch/logGroup:LogGroup"
_region = "eu-west-1"
_runtime = f"runtime: {{name: python, options: {{virtualenv: {sys.prefix}}}}}\n"

_program = Template('''"""Log groups, for a measurement."""

import pulumi
import pulumi_aws as aws

from console.quiet import keep_quiet

keep_quiet()
provider = aws.Provider(
    "dublin",
    region="$region",
    access_key="sandbox",
    secret_key="sandbox",
    endpoints=[aws.ProviderEndpointArgs(logs="$endpoint")],
    skip_credentials_validation=True,
    skip_metadata_api_check=True,
    skip_requesting_account_id=True,
)
tags = {"site": "dublin-1", "data-class": "none"}
for number in range($count):
    name = f"measured-{number}"
    opts = pulumi.ResourceOptions(provider=provider)
    aws.cloudwatch.LogGroup(name, name=name, retention_in_days=30, tags=tags, opts=opts)
''')

_trivial = '''"""One rule that looks at nothing: what it costs is the price of being asked."""

from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

rule = ResourceValidationPolicy(
    name="nothing", description="passes everything", validate=lambda _args, _report: None
)
PolicyPack("trivial", [rule], enforcement_level=EnforcementLevel.MANDATORY)
'''


def project(bench: Workbench, count: int) -> Engine:
    """Return the engine, without packs, of a new project that plans ``count`` log groups."""
    folder, register = bench.sandbox
    place = bench.place / f"{count}-resources"
    place.mkdir()
    text = _program.substitute(region=_region, endpoint=register.aws_endpoint, count=count)
    (place / "__main__.py").write_text(text, encoding="utf-8")
    (place / "Pulumi.yaml").write_text(f"name: {place.name}\n{_runtime}", encoding="utf-8")
    engine = Engine(place, _stack, bench.variables, ())
    made = engine.command("stack", "init", "--stack", _stack)
    if made.returncode:
        raise NotMeasuredError(f"no stack for {place.name} in the sandbox {folder}: {made.stderr.strip()}")
    return engine


def trivial_pack(bench: Workbench) -> Path:
    """Return the folder of a pack whose one rule passes everything unseen."""
    pack = bench.place / "trivial"
    pack.mkdir(exist_ok=True)
    (pack / "PulumiPolicy.yaml").write_text(f"description: a peer to measure against\n{_runtime}", encoding="utf-8")
    (pack / "rules.yaml").write_text("rules: {NIL-001: nothing}\n", encoding="utf-8")
    (pack / "__main__.py").write_text(_trivial, encoding="utf-8")
    return pack


def resources(count: int) -> tuple[Resource, ...]:
    """Return the program's log groups as rules get them."""
    urn = f"urn:pulumi:{_stack}::{count}-resources::"
    type_ = "pulumi:providers:aws"
    provider = Provider(f"{urn}{type_}::dublin", type_, "dublin", {"region": _region})
    names = [f"measured-{number}" for number in range(count)]
    return tuple(Resource(f"{urn}{_type}::{name}", _type, name, _inputs(name), provider, custom=True) for name in names)


def _inputs(name: str) -> dict[str, object]:
    return {
        "name": name,
        "region": _region,
        "retentionInDays": 30,
        "tags": {"site": "dublin-1", "data-class": "none"},
        "skipDestroy": False,
    }

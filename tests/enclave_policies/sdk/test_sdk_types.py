"""The generator sees every place-bearing input of the SDK, and says what nobody has judged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from enclave_policies.catalog.stored import read_catalog
from enclave_policies.catalog.tables.checking import Checking
from enclave_policies.catalog.tables.complete import Judged, leftover_names, unjudged_inputs, unjudged_types
from enclave_policies.catalog.tables.folder import read_tables
from enclave_policies.catalog.tables.inputs import read_names
from enclave_policies.catalog.tables.looks import looks
from enclave_policies.catalog.tables.roles_by_name import role_by_name
from enclave_policies.catalog.tables.sdk_type import SdkType, ancestors
from enclave_policies.sdk.generate import FOLDER, sdk
from enclave_policies.sdk.source import read_sdk

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclave_policies.catalog.roles import Role

SECOND_READING = Path(__file__).parent / "second_reading.txt"
SEEN_AS = {
    "region": {"region", "destination"},
    "region-keys": {"region", "destination"},
    "account": {"account", "document"},
    "template": {"template", "document"},
}
DIFFERENT = {  # what the second reading counts and the generator does not, with the reason
    "oracleSettings.spatialDataOptionToGeoJsonFunctionName": "the name of a function in the database",
    "authenticationProfileContent": "settings of a connection (timeouts, ports), without an address",
}

RESOURCE = '''
@pulumi.input_type
class {name}Args:
    @_builtins.property
    @pulumi.getter
    def region(self) -> pulumi.Input[Optional[_builtins.str]]:
        """
        Region where this resource will be managed.
        """
{inputs}

@pulumi.input_type
class _{name}State:
    @_builtins.property
    @pulumi.getter(name="outputRegion")
    def output_region(self) -> pulumi.Input[Optional[_builtins.str]]:
        ...

@pulumi.type_token("aws:new/{token}:{name}")
class {name}(pulumi.CustomResource):
    def __init__(__self__):
        alias_opts = pulumi.ResourceOptions(aliases=[pulumi.Alias(type_="aws:old/{token}:{name}")])
'''
GETTER = """
    @_builtins.property
    @pulumi.getter(name="{wire}")
    def {wire}(self) -> {type}:
        ...
"""
DEPRECATED = '''
    @_builtins.property
    @pulumi.getter(name="oldRegion")
    @_utilities.deprecated("""old_region is deprecated. Use
    replicas instead.""")
    def old_region(self) -> pulumi.Input[Optional[_builtins.str]]:
        ...
'''
TEXT = "pulumi.Input[_builtins.str]"
FLAG = "pulumi.Input[Optional[_builtins.bool]]"
REPLICAS = "pulumi.Input[Sequence[pulumi.Input['ThingReplicaArgs']]]"
NESTED = """
class ThingReplicaArgsDict(TypedDict):
    place_region: str

@pulumi.input_type
class ThingReplicaArgs:
    @_builtins.property
    @pulumi.getter(name="placeRegion")
    def place_region(self) -> pulumi.Input[_builtins.str]:
        ...

    @_builtins.property
    @pulumi.getter
    def parts(self) -> pulumi.Input[Sequence[pulumi.Input['ThingReplicaArgs']]]:
        ...
"""

Sdk = dict[str, SdkType]
CATALOG = read_catalog(FOLDER)


def judged() -> Judged:
    """Return what the shipped tables judge."""
    tables = read_tables(FOLDER)
    names = {package: read_names(package, read, Checking(tables.offer)) for package, read in tables.names.items()}
    return Judged(CATALOG.kinds, CATALOG.inputs, CATALOG.switches, CATALOG.models, names)


@pytest.fixture
def make_sdk(tmp_path: Path) -> Callable[..., Sdk]:
    """Write an SDK of one type with the given inputs (wire name → Python type), and read it."""

    def make(extra: str = "", **inputs: str) -> Sdk:
        module = tmp_path / "sdk" / "new"
        module.mkdir(parents=True)
        getters = "".join(GETTER.format(wire=wire, type=type_) for wire, type_ in inputs.items()) + extra
        (module / "thing.py").write_text(RESOURCE.format(name="Thing", token="thing", inputs=getters))
        (module / "_inputs.py").write_text(NESTED)
        (module / "outputs.py").write_text(NESTED.replace("ThingReplicaArgs", "ThingOutputArgs"))
        return read_sdk(tmp_path / "sdk")

    return make


def second_reading() -> list[tuple[str, str, str]]:
    rows: list[tuple[str, str, str]] = []
    token = ""
    for line in SECOND_READING.read_text(encoding="utf-8").splitlines():
        if line.startswith("aws:"):
            token = line
        elif line.startswith("  "):
            look, *paths = line.split()
            rows += [(token, look, path) for path in paths]
    return rows


def overlooked(types: Sdk) -> list[str]:
    """Return what the second reading found and the SDK as read here does not offer, or the generator does not see."""
    inputs, switches, models = CATALOG.inputs, CATALOG.switches, CATALOG.models.inputs
    missing = []
    for token, look, path in second_reading():
        offered = types[token].inputs
        within = [path, *ancestors(path)]
        if not any(each == path or each.startswith(f"{path}.") for each in offered) and not any(
            "m" in offered.get(above, "") for above in within
        ):
            missing.append(f"{token} {path} is not offered")
        judged = any(each in inputs.get(token, {}) for each in within) or path in models.get(token, ())
        judged = judged or path in {switch.path for switch in switches.get(token, ())}
        leaf = path.rpartition(".")[2]
        by_shape = leaf.endswith(("Arn", "Arns", "arn"))
        if not (judged or by_shape or path in DIFFERENT or looks(leaf) & SEEN_AS.get(look, {look})):
            missing.append(f"{token} {path} does not look like a {look}")
    return missing


def test_a_second_independent_reading_of_the_sdk_found_nothing_that_this_one_overlooks() -> None:
    assert len(second_reading()) > 2000
    assert overlooked(sdk("aws")) == []


def test_seeded_bug_a_reader_that_skips_nested_inputs_is_caught() -> None:
    flat = {
        token: SdkType(token, type_.component, type_.region, {p: v for p, v in type_.inputs.items() if "." not in p})
        for token, type_ in sdk("aws").items()
    }
    assert len(overlooked(flat)) > 500


def test_inputs_are_read_with_their_wire_names_nested_and_without_outputs(make_sdk: Callable[..., Sdk]) -> None:
    thing = make_sdk(DEPRECATED, replicas=REPLICAS, sizeInBytes="pulumi.Input[_builtins.int]")["aws:new/thing:Thing"]
    assert set(thing.inputs) == {"region", "replicas.placeRegion", "sizeInBytes", "oldRegion"}
    assert thing.region == "override"
    assert thing.aliases == ("aws:old/thing:Thing",)
    assert not thing.component


def test_a_type_that_nobody_judged_is_told(make_sdk: Callable[..., Sdk]) -> None:
    (new,) = make_sdk().values()
    nowhere = SdkType(new.token, component=False, region="none", inputs={})
    assert list(unjudged_types(judged(), {nowhere.token: nowhere})) == [
        "aws:new/thing:Thing is new or without a kind: judge it in kinds/"
    ]


@pytest.mark.parametrize(
    ("inputs", "path", "look"),
    [
        ({"replicas": REPLICAS}, "replicas.placeRegion", "region"),
        ({"standbyRegion": TEXT}, "standbyRegion", "region"),
        ({"coldZone": TEXT}, "coldZone", "zone"),
        ({"rackOutpost": TEXT}, "rackOutpost", "edge"),
        ({"mirrorBucket": TEXT}, "mirrorBucket", "destination"),
        ({"failoverCluster": TEXT}, "failoverCluster", "destination"),
        ({"globalAcceleration": FLAG}, "globalAcceleration", "switch"),
    ],
)
def test_seeded_bug_an_upgrade_that_brings_a_place_is_told_until_somebody_judges_it(
    make_sdk: Callable[..., Sdk], inputs: dict[str, str], path: str, look: str
) -> None:
    (told,) = unjudged_inputs(judged(), "aws", make_sdk(**inputs))
    assert told.startswith(f"aws:new/thing:Thing has an input {path} that looks like a {look}: judge it in")


def test_inputs_whose_name_is_judged_or_smells_of_nothing_are_not_told(make_sdk: Callable[..., Sdk]) -> None:
    known = make_sdk(availabilityZone=TEXT, outpostArn=TEXT, destinationArn=TEXT, colour=TEXT, enabled=FLAG)
    assert list(unjudged_inputs(judged(), "aws", known)) == []


def test_a_name_that_no_type_has_an_input_of_is_told(make_sdk: Callable[..., Sdk]) -> None:
    names: dict[str, Role] = {
        "placeRegion": "no-place",
        "replicas": "words",
        "replicas.placeRegion": "zone",
        "goneName": "zone",
    }
    assert list(leftover_names(names, make_sdk(replicas=REPLICAS))) == ["goneName"]


def test_the_longest_ending_of_a_path_tells_its_role() -> None:
    names: dict[str, Role] = {
        "bucket": "bucket:destination",
        "source.bucket": "bucket:source",
        "a.source.bucket": "no-place",
    }
    assert role_by_name("rules.bucket", names) == "bucket:destination"
    assert role_by_name("rules.source.bucket", names) == "bucket:source"
    assert role_by_name("a.source.bucket", names) == "no-place"
    assert role_by_name("rules.bucketName", names) is None

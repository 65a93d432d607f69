"""Settings that leave to the environment where data goes: how they are written, and where the environment is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder import load_law
from enclave_policies.reading.reading import read
from enclave_policies.resources.resource import Provider, Resource
from enclave_policies.rules.jurisdiction import JURISDICTION, environment_choice
from enclave_policies.texts import reader
from enclave_policies.texts.programs import index, settings

import located_yaml
from tests.enclave_policies.sampling import FOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping

URN = "urn:pulumi:test::enclave::"
CONFIG_MAP, POD = "kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:Pod"
COLLECTOR = "exporters:\n  otlphttp:\n    endpoint: {}\nservice:\n  pipelines: {{}}\n"

WRITTEN = (
    *(
        "${env:UPSTREAM}",
        "${UPSTREAM}",
        "$(UPSTREAM)",
        "$UPSTREAM",
        "$__env{UPSTREAM}",
        "'{env.UPSTREAM}'",
        "'{$UPSTREAM}'",
    ),
    *("https://${UPSTREAM}", "https://$(UPSTREAM):4318/v1", "${UPSTREAM}:4317", "grpc://${env:UPSTREAM}/x"),
    *("'{{ .Env.UPSTREAM }}'", "'{{ env \"UPSTREAM\" }}'", "'env(\"UPSTREAM\")'", "'sys.env(\"UPSTREAM\")'"),
)
SAID = (
    *("https://collect.hamar.example", "https://collect.hamar.example/${env:TENANT}", "collect.hamar.example:$(PORT)"),
    *("${env:UPSTREAM:-https://collect.hamar.example}", "https://$(TENANT).hamar.example", "localhost:4317"),
)
PROGRAMS: Mapping[str, str] = {
    "Fluent Bit": "[SERVICE]\n    Flush 1\n[OUTPUT]\n    Name loki\n    Host ${UPSTREAM}\n",
    "Fluentd": "<match **>\n  @type forward\n  <store>\n    host ${UPSTREAM}\n  </store>\n</match>\n",
    "Vector": '[sinks.out]\ntype = "http"\nuri = "${UPSTREAM}"\n',
    "Logstash": 'output {\n  elasticsearch {\n    hosts => ["${UPSTREAM}"]\n  }\n}\n',
    "A Beat or Elastic agent": "outputs:\n  default:\n    type: elasticsearch\n    hosts: ['${UPSTREAM}']\n",
    "Prometheus": "remote_write:\n  - url: https://$(UPSTREAM)/api/v1/write\n    name: a\n",
    "Telegraf": '[[outputs.influxdb]]\n  urls = ["$UPSTREAM"]\n  database = "x"\n',
    "Alertmanager": "receivers:\n  - name: a\n    webhook_configs:\n      - url: ${UPSTREAM}\n",
    "OpenTelemetry collector": COLLECTOR.format("${UPSTREAM}"),
}
TOLD: Mapping[str, tuple[str, Any]] = {
    "a pod's variable": (POD, {"spec": {"containers": [{"env": [{"name": "UPSTREAM", "value": "x.hamar.example"}]}]}}),
    "a ConfigMap's key": (CONFIG_MAP, {"data": {"UPSTREAM": "x.hamar.example"}}),
    "a file of variables": (CONFIG_MAP, {"data": {"collector.env": "A=1\nUPSTREAM=x.hamar.example\n"}}),
    "a function's variable": (
        "aws:lambda/function:Function",
        {"environment": {"variables": {"UPSTREAM": "x.hamar.example"}}},
    ),
    "a container of ECS": (
        "aws:ecs/taskDefinition:TaskDefinition",
        {"containerDefinitions": '[{"environment":[{"name":"UPSTREAM","value":"x.hamar.example"}]}]'},
    ),
    "a Secret's key": ("kubernetes:core/v1:Secret", {"data": {"UPSTREAM": "eC5oYW1hci5leGFtcGxl"}}),
    "a chain of variables": (CONFIG_MAP, {"data": {"UPSTREAM": "https://$(OTHER)/v1", "OTHER": "x.hamar.example"}}),
    "a file in YAML": (CONFIG_MAP, {"data": {"a.yaml": "env:\n  - name: UPSTREAM\n    value: x.hamar.example\n"}}),
    "a unit of systemd": (CONFIG_MAP, {"data": {"a.service": "[Service]\nEnvironment=UPSTREAM=x.hamar.example\n"}}),
    "a file in XML": (CONFIG_MAP, {"data": {"a.xml": "<a><env name='UPSTREAM' value='x.hamar.example'/></a>"}}),
    "user data": ("aws:ec2/instance:Instance", {"userData": "#!/bin/sh\nexport UPSTREAM=x.hamar.example\n"}),
}
NOT_TOLD: Mapping[str, tuple[str, Any]] = {
    "nothing": (CONFIG_MAP, {"data": {}}),
    "a reference to a Secret": (
        POD,
        {"spec": {"containers": [{"env": [{"name": "UPSTREAM", "valueFrom": {"secretKeyRef": {"name": "a"}}}]}]}},
    ),
    "another variable": (CONFIG_MAP, {"data": {"UPSTREAM": "$(OTHER)"}}),
    "an empty text": (CONFIG_MAP, {"data": {"UPSTREAM": ""}}),
    "itself": (CONFIG_MAP, {"data": {"UPSTREAM": "https://$(UPSTREAM)"}}),
    "variables in a ring": (CONFIG_MAP, {"data": {"UPSTREAM": "$(OTHER)", "OTHER": "${UPSTREAM}"}}),
    "a URL around another variable": (CONFIG_MAP, {"data": {"UPSTREAM": "https://$(OTHER)/v1"}}),
    "a command": (CONFIG_MAP, {"data": {"a.sh": "#!/bin/sh\nexport UPSTREAM=$(cat /run/upstream)\n"}}),
    "a quoted variable": (CONFIG_MAP, {"data": {"a.sh": '#!/bin/sh\nexport UPSTREAM="${OTHER}"\n'}}),
    "a name below others": (CONFIG_MAP, {"data": {"a.yaml": "a:\n  UPSTREAM:\n    url: ''\n"}}),
    "a longer name": (CONFIG_MAP, {"data": {"a.env": "MY_UPSTREAM=x.hamar.example\n"}}),
    "a script that passes it on": ("aws:ec2/instance:Instance", {"userData": "#!/bin/sh\nexport UPSTREAM=$OTHER\n"}),
}


def resource(type_: str, name: str, props: Any) -> Resource:
    if type_.startswith("kubernetes:"):
        told = located_yaml.load(FOLDER / "providers.yaml").data["hamar"]
        by = Provider(f"{URN}{told['type']}::hamar", told["type"], "hamar", told["props"])
        metadata = {"name": name, "namespace": "enclave-monitoring"}
        return Resource(f"{URN}{type_}::{name}", type_, name, {"metadata": metadata, **props}, provider=by)
    return Resource(f"{URN}{type_}::{name}", type_, name, props)


def configured(text: str) -> Resource:
    return resource(CONFIG_MAP, "configured", {"data": {"configuration": text}})


def left(text: str) -> list[tuple[str, str]]:
    """What a configuration leaves to the environment: programs and variables."""
    return [(one.words, one.value) for one in read(configured(text), load_law()).claims if one.kind == "variable"]


def refused(other: tuple[str, Any]) -> bool:
    stack = [configured(COLLECTOR.format("${UPSTREAM}")), resource(other[0], "other", other[1])]
    return bool(judge_stack(stack, load_law(), (environment_choice.rule,))[stack[0].urn])


@pytest.mark.parametrize("value", WRITTEN)
def test_a_variable_is_one_however_it_is_written(value: str) -> None:
    assert left(COLLECTOR.format(value)) == [("OpenTelemetry collector", "UPSTREAM")]


@pytest.mark.parametrize("value", SAID)
def test_an_address_with_a_variable_in_it_is_an_address(value: str) -> None:
    assert left(COLLECTOR.format(value)) == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_that_send_data_are_known(program: str) -> None:
    assert (program, "UPSTREAM") in left(PROGRAMS[program])


def test_every_entry_that_names_such_settings_has_a_case() -> None:
    told = index.index()
    tables = (told.last, told.above, told.by_setting, {"": told.whole})
    saying = {entry.program for table in tables for found in table.values() for entry in found if entry.says}
    assert saying == set(PROGRAMS)


def test_a_variable_that_a_pod_takes_under_another_key_is_told() -> None:
    """Neither the ConfigMap nor the pod alone says it."""
    env = [{"name": "UPSTREAM", "valueFrom": {"configMapKeyRef": {"name": "keeper", "key": "url"}}}]
    pod = resource(POD, "pod", {"spec": {"containers": [{"env": env}]}})
    keeper = resource(CONFIG_MAP, "keeper", {"data": {"url": "https://x.hamar.example"}})
    stack = [configured(COLLECTOR.format("${UPSTREAM}")), pod]
    rules = (environment_choice.rule,)
    assert judge_stack(stack, load_law(), rules)[stack[0].urn]
    assert not judge_stack([*stack, keeper], load_law(), rules)[stack[0].urn]


@pytest.mark.parametrize("where", TOLD)
def test_a_variable_that_the_stack_tells_is_judged_there(where: str) -> None:
    assert not refused(TOLD[where])


@pytest.mark.parametrize("where", NOT_TOLD)
def test_a_variable_that_nobody_tells_is_undetermined(where: str) -> None:
    assert refused(NOT_TOLD[where])


def test_the_region_of_a_program_in_aws_is_aws_own_answer() -> None:
    text = "[OUTPUT]\n    Name s3\n    Region ${AWS_REGION}\n    Bucket b\n"
    by_aws = resource("aws:ssm/parameter:Parameter", "a", {"type": "String", "value": text, "name": "/fluent-bit.conf"})
    assert [one.value for one in read(by_aws, load_law()).claims if one.kind == "variable"] == ["AWS_REGION"]
    rules = (environment_choice.rule,)
    assert [bool(judge_stack([each], load_law(), rules)[each.urn]) for each in (by_aws, configured(text))] == [
        False,
        True,
    ]


def test_a_judge_that_takes_variables_for_addresses_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    assert environment_choice.rule in JURISDICTION
    monkeypatch.setattr(index, "variable_of", lambda _value: None)
    assert settings.variable_of("$(UPSTREAM)") == "UPSTREAM"
    reader.claims_in.cache_clear()
    with pytest.raises(AssertionError):
        test_a_variable_is_one_however_it_is_written("$(UPSTREAM)")
    reader.claims_in.cache_clear()

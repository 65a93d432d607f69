"""Where the configuration of a program can stand: resources that carry it, each as people write them."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import yaml
from enclave_policies.resources.resource import Resource

from tests.enclave_policies.sampling import samples, urn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enclave_policies.resources.resource import Provider

IMAGE = "registry.hamar.example/enclave/app@sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
NAME = {"name": "program", "namespace": "enclave-app"}
CLUSTER = samples("image-registry")[0].as_provider()
CLOUD = samples("resource-region")[0].as_provider()
KEPT = "x"
"""How the cases write a value that is secret."""
Place = tuple[str, Resource]


def places(form: str, content: Any, file: str | None) -> Iterator[Place]:
    """Yield the resources that carry a configuration, each with the place's name; ``file``: it must be that file."""
    for place, make in FORMS[form].items():
        resource = make(content, file)
        if resource is not None:
            yield place, resource


def in_config_maps(files: dict[str, str]) -> list[Resource]:
    """Return a ConfigMap for each file."""
    return [_in_config_map(text, file) for file, text in files.items()]


def with_values(values: dict[str, Any]) -> Resource:
    """Return a chart with values."""
    return _resource("kubernetes:helm.sh/v3:Release", CLUSTER, {"chart": "program", "values": values})


def of_object(body: dict[str, Any]) -> Resource:
    """Return an object as it is."""
    return _as_object(body, None)


def _in_config_map(content: Any, file: str | None) -> Resource:
    return _object("core/v1:ConfigMap", data={_name(content, file): _as_text(content)})


def _in_secret(content: Any, file: str | None) -> Resource:
    encoded = base64.b64encode(_as_text(content).encode()).decode()
    return _object("core/v1:Secret", data={_name(content, file): encoded})


def _as_values(content: Any, file: str | None) -> Resource:
    values = {"files": {file: _as_text(content)}} if file or isinstance(content, str) else {"program": content}
    if file is None and isinstance(content, str):
        values = {"program": {"config": content}}
    return with_values(values)


def _as_custom(content: Any, file: str | None) -> Resource | None:
    if file or isinstance(content, str):
        return None
    return _object("programs.hamar.example/v1:Program", spec={"config": content})


def _as_variable(content: Any, file: str | None) -> Resource | None:
    if file:
        return None
    text = content if isinstance(content, str) else json.dumps(content)
    return _function({"PROGRAM_CONFIG": text})


def _in_task(content: Any, file: str | None) -> Resource | None:
    return None if file else _task(environment=[{"name": "PROGRAM_CONFIG", "value": _as_text(content)}])


def _in_pod(content: dict[str, str], _file: str | None) -> Resource:
    return _pod(env=[{"name": name, "value": value} for name, value in content.items()])


def _of_function(content: dict[str, str], _file: str | None) -> Resource:
    return _function(content)


def _of_task(content: dict[str, str], _file: str | None) -> Resource:
    return _task(environment=[{"name": name, "value": value} for name, value in content.items()])


def _kept_in_pod(content: dict[str, str], _file: str | None) -> Resource | None:
    """Keep what is secret in a Secret."""
    kept = [name for name, value in content.items() if value == KEPT]
    if not kept:
        return None
    given = [{"name": name, "value": value} for name, value in content.items() if value != KEPT]
    secret = [{"name": name, "valueFrom": {"secretKeyRef": {"name": "keys", "key": "key"}}} for name in kept]
    return _pod(env=[*secret, *given])


def _kept_in_task(content: dict[str, str], _file: str | None) -> Resource | None:
    kept = [name for name, value in content.items() if value == KEPT]
    if not kept:
        return None
    secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:keys"  # noqa: S105 (its name)
    given = {"environment": [{"name": name, "value": value} for name, value in content.items() if value != KEPT]}
    return _task(
        secrets=[{"name": name, "valueFrom": secret} for name in kept], **(given if given["environment"] else {})
    )


def _of_config_map(content: dict[str, str], _file: str | None) -> Resource:
    return _object("core/v1:ConfigMap", data=content)


def _of_values(content: dict[str, str], _file: str | None) -> Resource:
    extra = [{"name": name, "value": value} for name, value in content.items()]
    return with_values({"extraEnvVars": extra})


def _as_environment_file(content: dict[str, str], _file: str | None) -> Resource:
    lines = "".join(f"{name}={value}\n" for name, value in content.items())
    return _object("core/v1:ConfigMap", data={"program.env": f"# settings\n{lines}"})


def _pod_flags(content: list[str], _file: str | None) -> Resource:
    return _pod(args=content)


def _task_flags(content: list[str], _file: str | None) -> Resource:
    return _task(command=content)


def _script(content: list[str], _file: str | None) -> Resource:
    return _pod(command=["/bin/sh", "-c", f"set -e\nsleep 5 && exec /bin/program {' '.join(content)}"])


def _as_object(content: dict[str, Any], _file: str | None) -> Resource:
    group, _, kind = f"{content['apiVersion']}:{content['kind']}".rpartition(":")
    return _resource(f"kubernetes:{group}:{kind}", CLUSTER, {"metadata": NAME, **content})


def _as_manifest(content: dict[str, Any], _file: str | None) -> Resource:
    return _object("core/v1:ConfigMap", data={"manifest.yaml": _as_text({"metadata": NAME, **content})})


FORMS: dict[str, dict[str, Callable[[Any, str | None], Resource | None]]] = {
    "tree": {
        "a file of a ConfigMap": _in_config_map,
        "a Secret": _in_secret,
        "the values of a chart": _as_values,
        "a custom resource": _as_custom,
        "a variable of a function": _as_variable,
        "a variable of a task": _in_task,
    },
    "variables": {
        "a pod": _in_pod,
        "a function": _of_function,
        "a task": _of_task,
        "secrets of a pod": _kept_in_pod,
        "secrets of a task": _kept_in_task,
        "a ConfigMap": _of_config_map,
        "the values of a chart": _of_values,
        "a file of variables": _as_environment_file,
    },
    "flags": {"a pod": _pod_flags, "a task": _task_flags, "a script": _script},
    "object": {"an object": _as_object, "a manifest in a ConfigMap": _as_manifest},
}
"""How a configuration is written → the places in which it can stand. A text is a tree in another language."""


def _as_text(content: Any) -> str:
    return content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)


def _name(content: Any, file: str | None) -> str:
    return file or ("settings.conf" if isinstance(content, str) else "settings.yaml")


def _object(type_: str, **body: Any) -> Resource:
    return _resource(f"kubernetes:{type_}", CLUSTER, {"metadata": NAME, **body})


def _pod(**container: Any) -> Resource:
    return _object("core/v1:Pod", spec={"containers": [{"name": "program", "image": IMAGE, **container}]})


def _function(variables: dict[str, str]) -> Resource:
    props = {
        "name": "program",
        "region": "eu-west-1",
        "role": "arn:aws:iam::111122223333:role/program",
        "packageType": "Image",
        "imageUri": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/program:1",
        "environment": {"variables": variables},
    }
    return _resource("aws:lambda/function:Function", CLOUD, props)


def _task(**container: Any) -> Resource:
    definitions = json.dumps([{"name": "program", "image": IMAGE, "essential": True, **container}])
    props = {"family": "program", "region": "eu-west-1", "containerDefinitions": definitions}
    return _resource("aws:ecs/taskDefinition:TaskDefinition", CLOUD, props)


def _resource(type_: str, provider: Provider, props: dict[str, Any]) -> Resource:
    return Resource(urn(type_, "program"), type_, "program", props, provider, custom=True)

"""What the engine asks of a language host, answered for Python."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.language_host import interpreter as python_of
from sandbox.language_host.children import Children, end, output
from sandbox.language_host.protocol import (
    empty_pb2,
    grpc,
    json_format,
    language_pb2,
    language_pb2_grpc,
    plugin_pb2,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ALREADY_REPORTED = 32  # the runner's exit code after it has shown the user what went wrong
_SANDBOX = "the stand-in language host of this checkout's sandbox"


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """The LanguageRuntime service; `engine` is the engine's address, `runner` the SDK's program runner script."""

    def __init__(self, engine: str, runner: Path, children: Children) -> None:
        self._engine = engine
        self._runner = runner
        self._children = children

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802, D102
        del context
        self._engine = request.engine_address or self._engine
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802, D102
        del request, context
        return plugin_pb2.PluginInfo(version="0.1.0")

    def GetRequiredPackages(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802, D102
        python = _interpreter(request.info, context)
        return language_pb2.GetRequiredPackagesResponse(
            packages=[
                plugin_pb2.PackageDependency(
                    name=plugin.name, kind="resource", version=plugin.version, server=plugin.server
                )
                for plugin in python_of.required_plugins(python)
            ],
        )

    def About(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802, D102
        python = _interpreter(request.info, context)
        version = subprocess.run([python, "-V"], capture_output=True, text=True, check=False).stdout
        return language_pb2.AboutResponse(
            executable=str(python),
            version=version.removeprefix("Python ").strip(),
            metadata={"languageHost": _SANDBOX},
        )

    def GetProgramDependencies(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802, D102
        python = _interpreter(request.info, context)
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[
                language_pb2.DependencyInfo(name=name, version=version) for name, version in python_of.installed(python)
            ],
        )

    def InstallDependencies(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: N802, D102
        python = _interpreter(request.info, context)
        text = f"{_SANDBOX} installs nothing; {python.parent.parent} is kept by `make up`.\n"
        yield language_pb2.InstallDependenciesResponse(stdout=text.encode())

    def RuntimeOptionsPrompts(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802, D102
        del request, context
        return language_pb2.RuntimeOptionsResponse()

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802, D102
        del request, context
        self._children.close()
        return empty_pb2.Empty()

    def Run(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Run a program to its end; its output goes to the host's own streams, which the engine reads."""
        python = _interpreter(request.info, context)
        environment = python_of.environment_of(python, os.environ) | {
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        command = [str(python), "-u", str(self._runner), *self._run_arguments(request)]
        child = self._children.start(command, request.pwd, environment)
        context.add_callback(lambda: end(child))
        code = self._children.wait(child)
        if code == ALREADY_REPORTED:
            return language_pb2.RunResponse(bail=True)
        if code:
            return language_pb2.RunResponse(error=f"Program exited with {_how_it_ended(code)}")
        return language_pb2.RunResponse()

    def _run_arguments(self, request: Any) -> list[str]:
        info = request.info
        named = {
            "monitor": request.monitor_address,
            "engine": self._engine,
            "project": request.project,
            "root_directory": info.root_directory,
            "stack": request.stack,
            "pwd": info.program_directory,
            "dry_run": "true" if request.dryRun else "",
            "parallel": str(request.parallel),
            "organization": request.organization,
        }
        options = [part for name, value in named.items() if value for part in (f"--{name}", value)]
        return [*options, str(Path(info.program_directory, info.entry_point)), *request.args]

    def RunPlugin(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: N802
        """Run a policy pack or another Python plugin, streaming its output and then its exit code."""
        python = _interpreter(request.info, context)
        base = dict(os.environ) | dict(entry.split("=", 1) for entry in request.env if "=" in entry)
        place = request.info.program_directory
        arguments = (
            ["-m", "pulumi.policy", *request.args, place]
            if request.kind == "analyzer"
            else [str(Path(place, request.info.entry_point)), *request.args]
        )
        child = self._children.start(
            [str(python), "-u", *arguments],
            request.pwd,
            python_of.environment_of(python, base),
            capture=True,
        )
        context.add_callback(lambda: end(child))
        for stream, chunk in output(child):
            yield (
                language_pb2.RunPluginResponse(stdout=chunk)
                if stream == "stdout"
                else language_pb2.RunPluginResponse(stderr=chunk)
            )
        yield language_pb2.RunPluginResponse(exitcode=self._children.wait(child))


def _interpreter(info: Any, context: grpc.ServicerContext) -> Path:
    try:
        return python_of.interpreter(Path(info.root_directory), json_format.MessageToDict(info.options))
    except python_of.NoInterpreterError as error:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        raise


def _how_it_ended(code: int) -> str:
    return f"exit code {code}" if code > 0 else f"signal {-code}"

"""The plugin with a seeded bug: its read answers from memory instead of asking AWS."""

from sandbox.aws_plugin import __main__ as plugin
from sandbox.aws_plugin import reading

_observe = reading.observe
reading.observe = lambda scope: dict(scope.state) if scope.state else _observe(scope)
plugin.main()

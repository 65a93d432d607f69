"""YAML with positions: one loader for declarations and law files, and the errors that point into them."""

from located_yaml.loader import Document, load
from located_yaml.problems import Position, Problem, ProblemsError
from located_yaml.visible import visible

__all__ = ["Document", "Position", "Problem", "ProblemsError", "load", "visible"]

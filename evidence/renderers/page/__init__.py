"""The record as one HTML file that needs nothing else: to read, to print, to file."""

from evidence.renderers.page.document import render

__all__ = ["render"]

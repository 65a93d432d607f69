"""Adopting what exists: list it, let the engine read it into a state of its own, judge it there, write what imports it.

Data flows one way: `listing` → `reading` → `judging` → `files` and `telling`. Nothing here changes a cloud or a stack.
"""

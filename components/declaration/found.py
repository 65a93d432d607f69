"""What a check of a declaration finds: the keys that lead to the value in question, and what is wrong with it."""

from __future__ import annotations

Keys = tuple[str | int, ...]
"""The keys and list indices from the file's root to a value: ``("sites", "hamar", "country")``."""
Found = tuple[Keys, str]
"""The keys, and the sentence about the value."""

"""Tells people of a result where they review: one comment, one issue. Python's own library alone, so no set-up."""

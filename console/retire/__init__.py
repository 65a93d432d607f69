"""Removing a site: what is protected of it and what is in it (`contents`), one question, one edit of the state."""

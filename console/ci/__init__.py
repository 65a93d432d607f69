"""What the continuous integration does with a change: preview, audit, and say what it could not do."""

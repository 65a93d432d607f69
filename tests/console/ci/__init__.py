"""What the continuous integration does with a change."""

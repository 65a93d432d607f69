"""What tells reviewers of a result."""

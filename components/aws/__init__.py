"""A site in an AWS region."""

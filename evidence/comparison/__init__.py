"""What differs between two records, sorted by what got worse."""

"""What is read of a resource, once, for all rules; and what a rule is and finds."""

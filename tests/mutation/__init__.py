"""Mutation testing: mutmut seeds faults into the rules one by one, and the fast tests must notice each."""

"""Rules about objects in a cluster."""

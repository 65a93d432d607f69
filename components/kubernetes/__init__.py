"""A site of our own, on a Kubernetes cluster."""

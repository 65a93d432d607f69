"""What objects ask a proxy of the cluster to pass on: Ingress, Gateway API, Istio, read one kind a reader."""

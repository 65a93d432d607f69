"""The local stand-ins for the clouds, as processes: moto for AWS, a real Kubernetes control plane with fake nodes."""

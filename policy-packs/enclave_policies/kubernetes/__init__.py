"""What Kubernetes objects say of places: read by the rules that judge clusters' objects."""

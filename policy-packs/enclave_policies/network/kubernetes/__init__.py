"""What can reach what in Kubernetes clusters: NetworkPolicies, Services and the host network."""

from enclave_policies.network.kubernetes.cluster import Undetermined
from enclave_policies.network.kubernetes.model import KubernetesNetwork

__all__ = ["KubernetesNetwork", "Undetermined"]

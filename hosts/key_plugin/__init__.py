"""A Kubernetes KMS v2 plugin whose keys live in an HSM: what a site's control plane hosts run beside the API server.

Any HSM that speaks PKCS#11 and offers AES-GCM works; SoftHSM2 is the stand-in that the sandbox uses.
"""

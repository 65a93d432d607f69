"""The watch: what runs is held against what was approved, and each difference is told to the inspector.

approved (a document) + seen (read from the cluster, the cloud and the copy of the record) -> differences -> alerts.
"""

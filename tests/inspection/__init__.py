"""What the inspector and the operator can and cannot do: a table, asked of a simulator of AWS and of the API server."""

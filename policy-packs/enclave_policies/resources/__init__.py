"""What is judged, as plain data: a resource, a state export, a value that nobody knows."""

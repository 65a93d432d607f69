"""What engineers change every day, each as a real run."""

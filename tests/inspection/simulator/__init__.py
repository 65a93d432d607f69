"""The outside simulator, and how it is installed."""

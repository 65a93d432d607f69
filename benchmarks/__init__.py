"""Figures, each with its peer or its limit beside it, measured in the same run: `python -m benchmarks [NAME…]`."""

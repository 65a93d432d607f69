"""A migration to try: stand-ins for the storages of two sites and one that is left, and data to move."""

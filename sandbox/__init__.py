"""The local stand-ins for the clouds, and the set-up that makes them ready."""

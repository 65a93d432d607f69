"""What an authority gets of an incident: what a gateway recorded in a window of time."""

"""For development only: what the SDKs offer, held against the catalog."""

"""Who holds the keys: which type of resource is encrypted by which key, and whose keys those are."""

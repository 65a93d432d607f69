"""What identifiers say by their form: ARNs, URLs, addresses."""

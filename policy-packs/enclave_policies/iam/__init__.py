"""What documents of identity and access management say."""

"""Which controls of which frameworks each rule bears on; data that a person can review, read by renderers alone."""

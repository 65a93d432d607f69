"""What can reach what: a model of the planned network, pure, and known to no rule."""

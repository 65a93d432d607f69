"""What the inputs of each type do: the tables of the law, made ready to look up."""

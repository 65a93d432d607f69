"""The tables of the catalog as people write them (law/catalog/*.yaml), checked as a whole and compiled to one file."""

"""What texts say: the hosts, buckets and places that a program would read in them."""

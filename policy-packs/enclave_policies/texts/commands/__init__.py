"""What commands name as the end of a way, by the grammar of each tool."""

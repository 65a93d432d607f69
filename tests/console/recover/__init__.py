"""What a killed run leaves behind."""

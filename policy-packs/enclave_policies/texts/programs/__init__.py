"""What an absent setting means to common programs: the environment, or the program's maker, chooses a place."""

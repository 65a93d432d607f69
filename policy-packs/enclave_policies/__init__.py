"""What is allowed: rules as pure functions over plain data, shared by the packs, the program's own guard and audits."""

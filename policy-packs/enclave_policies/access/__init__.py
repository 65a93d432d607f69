"""What gateways decide: their bundles as they are planned, and whether their tables keep the law for every question."""

"""Rules about providers: who makes the resources, where and for whom."""

"""The pages of docs/rules and the lists rules.yaml, made of the registered rules and of the examples in the tests."""

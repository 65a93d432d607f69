"""A Python language host for the Pulumi engine, used only where no official `pulumi-language-python` is found."""

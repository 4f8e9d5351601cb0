"""Deploying an estate on the Pulumi engine: the order of its stacks, guards, and what no stack can do."""

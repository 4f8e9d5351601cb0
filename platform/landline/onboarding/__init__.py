"""From requests to grants: what the stack files ask for, and whether it can be had."""

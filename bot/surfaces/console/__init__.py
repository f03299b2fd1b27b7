"""The terminal: a prompt, one-and-done commands, and posts as they come."""

"""Pictures of lives, drawn by matplotlib in a process of their own."""

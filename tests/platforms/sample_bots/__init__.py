"""Small real bots, to show that the loopback platforms carry the real client libraries."""

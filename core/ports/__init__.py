"""What Earshot needs from outside, as protocols of one to four methods. Adapters provide it; contract tests hold them to it."""

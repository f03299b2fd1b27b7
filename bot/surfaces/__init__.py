"""Where people meet Earshot: one folder per surface, with the same file names."""

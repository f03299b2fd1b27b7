"""The programs people start: one file each, all with the same exits (0 done, 1 one plain line, 2 usage, 78 wrong setting)."""

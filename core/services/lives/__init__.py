"""A live from its first reading to its report: watched, read, heard, told, steered, filed."""

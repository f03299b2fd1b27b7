"""Videos and files handed over, turned into text; new videos told."""

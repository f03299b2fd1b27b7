"""PDF, printed by fpdf2 in a process of its own."""

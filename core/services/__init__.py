"""What Earshot does, as gerunds. Reactions decide and enqueue; jobs do; the outbox tells. Only ports are known here."""

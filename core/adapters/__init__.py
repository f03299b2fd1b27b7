"""Who provides what the ports ask for. Every vendor library is imported in exactly one of these folders."""

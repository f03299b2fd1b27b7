"""What Earshot remembers, a file a subject; core/ports/store.py gathers them in a unit of work."""

"""What Earshot can tell a place, a file a subject: meaning, never text. core/model/notice.py carries it."""

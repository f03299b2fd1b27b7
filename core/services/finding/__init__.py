"""Finding lives: who is looked at when, what a look means for an account, and one question for a person who waits."""

"""Moderating: short texts (lines of chats, titles, what people write about transcripts) get their labels (weighing) by what holds
in a place (ruling), and what is over a limit waits for a person. Nothing is done by itself."""

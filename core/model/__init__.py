"""The nouns of Earshot: frozen values and pure functions, standard library only."""

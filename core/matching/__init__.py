"""Finding triggers in what is written and said: folding, an automaton over literals, and the rules people choose."""

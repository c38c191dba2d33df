"""The pages on which the core team decides: what is to happen, by which plan, whose a case is, what is one case."""

"""The list of all needs and offers that a person may see."""

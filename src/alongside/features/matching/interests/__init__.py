"""Interests: people declare what ties them to a school, so that nobody is judged or supported by their own."""

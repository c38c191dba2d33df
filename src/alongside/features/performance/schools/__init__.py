"""The figures of one school."""

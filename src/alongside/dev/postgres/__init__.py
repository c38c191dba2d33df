"""A PostgreSQL of our own for the demonstration and the tests."""

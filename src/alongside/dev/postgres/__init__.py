"""An embedded PostgreSQL server for the demonstration and the tests."""

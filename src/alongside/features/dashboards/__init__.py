"""The first page of each role: reads every room, owns no table."""

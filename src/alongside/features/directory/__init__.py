"""The directory of good practice: what schools have tried and found to work, believed and one step from the school."""

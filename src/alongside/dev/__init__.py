"""What development and the demonstration need and production does not."""

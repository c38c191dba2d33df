"""What schools can give, how many days of it, and whether that still holds."""

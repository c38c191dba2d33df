"""What schools ask help with."""

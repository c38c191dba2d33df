"""What a school is known for."""

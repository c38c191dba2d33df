"""Half-way and closing reviews by both sides."""

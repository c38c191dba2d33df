"""“We use this”: what other schools made of an entry, and whether it worked there."""

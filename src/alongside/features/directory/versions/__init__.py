"""The texts that an entry has had, and what differs between any two of them."""

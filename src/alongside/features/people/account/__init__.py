"""What somebody settles for themselves: the role they act in, their browsers, their mail."""

"""The replies to a need, side by side."""

"""An offer proposed for a need: whose turn it is, and every way in which it may end."""

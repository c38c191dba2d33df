"""Supplier suspensions: schools that the core team keeps from supporting others for now."""

"""Boards that decide: their seats, who holds them, their substitutes and chairs, and how seats are apportioned."""

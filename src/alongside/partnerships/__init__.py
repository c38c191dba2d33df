"""Proposals that become agreed partnerships: days given, visits recorded, what came of it."""

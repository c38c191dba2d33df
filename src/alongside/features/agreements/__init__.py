"""Proposals that become agreed agreements: days given, visits recorded, what came of it."""

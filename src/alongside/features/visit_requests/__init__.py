"""Requests of one school to visit another, their answers, and the visits that they lead to."""

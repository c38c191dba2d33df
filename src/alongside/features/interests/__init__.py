"""Declarations of interest: links between a person and a school that rule out matching or judging it."""

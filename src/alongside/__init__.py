"""Alongside: support between schools, from needs and offers to agreements and reviews."""

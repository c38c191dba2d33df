"""Dated labels of schools, such as special measures. A label never changes a category."""

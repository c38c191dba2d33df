"""Amendments: changes to a running agreement that both headteachers agree."""

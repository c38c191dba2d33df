"""Performance of schools: the catalogue of measures, imports of published tables, their figures, and inspections."""

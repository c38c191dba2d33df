"""A simulation of a year: web app, worker and PostgreSQL as real processes under a virtual clock."""

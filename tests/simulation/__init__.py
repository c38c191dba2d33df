"""A simulated year: web app, worker and PostgreSQL as real processes under a clock that the driver moves."""

"""The answers of a school that is asked for a visit: yes, not now, another school, or no."""

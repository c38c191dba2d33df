"""The consortia: groups of schools of one phase that answer for each other."""

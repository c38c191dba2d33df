"""The page of a school's expertise."""

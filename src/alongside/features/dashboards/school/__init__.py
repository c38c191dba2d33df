"""The desk of a headteacher or delegate: what waits, what was given and got, what is new."""

"""The desk of a headteacher or delegate: what waits for them, what they gave and got, what is new for a school like theirs."""

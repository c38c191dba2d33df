"""The actions by which a school writes, edits, posts, confirms, pauses and withdraws an offer."""

"""The actions by which a school edits, posts, confirms and pauses a need."""

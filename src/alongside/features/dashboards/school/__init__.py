"""The home page of a headteacher or delegate: tasks, support given and received, and new posts."""

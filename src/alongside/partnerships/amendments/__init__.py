"""Changes to a partnership that runs, made only when both agree."""

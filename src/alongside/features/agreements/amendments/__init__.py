"""Changes to an agreement that runs, made only when both agree."""

"""One package per subject of the product, each importing only those below it (pyproject.toml)."""

"""Form fields, versions and content checks shared by the features."""

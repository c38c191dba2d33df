"""Home pages of each role. They read from all features and have no tables."""

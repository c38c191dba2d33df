"""Plans that match support needs with offers of support, and the explanation of each match."""

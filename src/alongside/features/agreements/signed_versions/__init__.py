"""The signed versions of an agreement: stored after both signatures, shown and printed."""

"""“I will try …”: what a school means to try after a visit or an entry, and a term later whether it did."""

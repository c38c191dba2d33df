"""Planning runs: request a plan, calculate it, and read current and previous plans."""

"""Claims: the supporting school claims the days that it has delivered, and the core team approves and pays."""

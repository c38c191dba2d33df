"""Transactions with a tenant context, row-level security from the models, and the schema."""

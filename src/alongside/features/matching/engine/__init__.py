"""The matching engine: calculates a plan with explanations from an instance; uses no database."""

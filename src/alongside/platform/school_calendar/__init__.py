"""School days, terms and bank holidays: which days count for a deadline."""

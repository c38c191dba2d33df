"""Performance profiles: one for each school, phase and academic year, by a method that schools know."""

"""Code for development and the demonstration only; production does not use it."""

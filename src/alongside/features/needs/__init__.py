"""Support needs: what schools ask for help with."""

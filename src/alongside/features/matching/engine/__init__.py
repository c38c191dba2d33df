"""The engine of matching: from an instance to a plan with its reasons. It knows no database and no page."""

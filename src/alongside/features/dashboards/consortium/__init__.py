"""The dashboard of consortium leads and the core team: member schools and tasks."""

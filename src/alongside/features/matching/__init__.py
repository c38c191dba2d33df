"""Which support partners serve all open needs best with the days that there are, and why."""

"""The shortlist: the best offers for one need, shown to the requesting school before there is a plan."""

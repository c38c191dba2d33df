"""Pages that answer a proposal: accept, decline, more time, counter-proposal, and release of the support partner."""

"""How an entry comes to be believed: a peer checks it, those who lead verify it, or it is returned with a reason."""

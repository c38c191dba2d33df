"""What becomes of an agreed visit: it took place, or it was cancelled."""

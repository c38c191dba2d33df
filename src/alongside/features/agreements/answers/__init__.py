"""Answering a proposal: yes, no, later, on other terms; and the release by the home head."""

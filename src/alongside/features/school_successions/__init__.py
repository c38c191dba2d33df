"""Succession: what becomes of a closed school's people, posts and agreements when another school takes over."""

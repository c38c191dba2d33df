"""The board: every need and offer that this person may see."""

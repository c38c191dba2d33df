"""How plainly the product speaks: every string that people read, in one file, measured."""

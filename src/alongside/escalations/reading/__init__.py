"""Who reads a case: named readers, the log of every reading, and who has it open just now."""

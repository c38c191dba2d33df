"""Who reads an escalation: named readers, the log of every reading, and who has it open just now."""

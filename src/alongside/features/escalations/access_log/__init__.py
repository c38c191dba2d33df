"""Access to an escalation: named readers, the access log, and which officers have it open now."""

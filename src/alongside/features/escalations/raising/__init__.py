"""Raise an escalation: attempted support, requested help, and suggestions to raise one."""

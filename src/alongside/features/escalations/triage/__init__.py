"""The pages on which the core team decides: what is to happen, by which plan, whose an escalation is, what is one
escalation.
"""

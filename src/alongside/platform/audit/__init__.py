"""Who did what, when: append-only, chained per authority; the timeline, the audit, and what others hear of."""

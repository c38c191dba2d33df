"""Acting on several escalations of the caseload at once: assign, remind, export."""

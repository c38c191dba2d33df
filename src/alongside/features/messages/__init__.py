"""Messages between the two schools of a proposal, an agreement or a visit, with attachments and a log of calls."""

"""Who has read and signed which version of a document about a school."""

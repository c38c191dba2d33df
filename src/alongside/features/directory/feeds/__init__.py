"""What is public, for machines: an Atom feed and JSON, made from the table without people."""

"""Reading of published tables: the sheet of a file, the table it holds, and its figures. Uses no database."""

"""The reader: where in a passage the answer to a question stands, and whether it does."""

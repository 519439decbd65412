"""What the check of a sentence looks at, one thing a module; `rag.answer.support` is the entry."""

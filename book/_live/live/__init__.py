"""How Python for the reader's browser is put together."""

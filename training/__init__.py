"""Trains the reader, `rag/models/reader.safetensors`. Needs torch, which the program does not."""

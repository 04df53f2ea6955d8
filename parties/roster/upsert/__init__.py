"""Typed rows into the database: plan everything in memory, then write at once or not at all."""

"""The scenario `crisis`: its story, what it promises, and how the record is judged."""

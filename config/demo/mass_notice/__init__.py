"""The scenario `mass-notice`: its story, what it promises, and how the record is judged."""

"""Scenario 2: repeated conflicts, and a mother who first denies them."""

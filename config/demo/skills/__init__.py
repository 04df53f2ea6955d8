"""Scenario 1: two failed skill tests, and a family that has little money."""

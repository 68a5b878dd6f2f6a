"""Runs: their settings, their folder, their seeds, and how they are started, resumed and judged."""

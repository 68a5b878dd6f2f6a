"""Runs: a task, a folder, a verdict."""

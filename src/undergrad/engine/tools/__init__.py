"""Tools to look at a model with: checks, drawings, tables, measures. Training needs none of it."""

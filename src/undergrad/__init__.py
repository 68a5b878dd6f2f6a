"""undergrad: a deep-learning degree that you build yourself."""

__version__ = "0.1.0"

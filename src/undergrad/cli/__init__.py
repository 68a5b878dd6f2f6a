"""The command line. Each command lives in a thin module of its own, imported only when it runs."""

from undergrad.cli.app import main

__all__ = ["main"]

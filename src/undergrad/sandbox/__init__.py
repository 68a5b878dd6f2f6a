"""The one machine that runs learners' code: checks, parts of the engine, capstones.

`process` starts a program behind limits and, on Linux, in namespaces of its own, and ends it with
everything it started. `names_used` reads which modules a piece of Python uses, without running it.
"""

"""The training loop, and what goes with it: callbacks, checkpoints, logs, threads, penalties."""

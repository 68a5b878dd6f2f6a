"""What people wait for, as ratios: `make bench-use`.

Read `commands` first (whole programs, beside one that is known), then `training` (a preset to its
line, beside the same in PyTorch or Stable-Baselines3) with its `twins`, `networks` and `worker`,
and `rows` (the tables).
"""

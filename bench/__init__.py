"""Speed and memory beside peers, as ratios: `make bench`.

Read `workloads` first (what is measured), then `libraries` (with what), `worker` and `measure`
(how), `twins` and `cartpole` (two rows of another kind), and `report` (what is written down).
"""

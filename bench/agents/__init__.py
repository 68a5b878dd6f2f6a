"""Our DQN beside well-known ones on CartPole: `make bench-rl`.

Read `settings` first (what is made equal), then `peers` (who trains, and how), `worker` (steps a
second), `race` (time until it plays well), and `report` (what is written down).
"""

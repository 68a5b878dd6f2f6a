"""Runs of agents: a preset, its pass line, the trainer, and what one sees afterwards.

preset      an environment, an agent with settings, a pass line
any_env     a preset for any environment, from a name and an agent
threshold   the pass line: its criteria, the verdict, the outcome in a sentence
trainer     one run from one seed: the budget, the log, the evaluations, the best weights
seeds       train and judge one seed in its folder; evaluate it again
plots, compare   curves of one run, and of several
play, render     an agent at play, in a window or as a clip
"""

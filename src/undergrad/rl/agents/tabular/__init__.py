"""Agents that keep one number for each state and action in a table.

planning.py     the best policy of a known MDP, computed
policies.py     from action values to actions
episodes.py     whole episodes, and the returns of their steps
prediction.py   the values of a policy: Monte Carlo, TD, TD(lambda)
control.py      the best policy: SARSA, Q-learning and their family, one update rule each
dyna.py         a model learned on the way, and steps imagined from it
agent.py        an agent that learns by one of these rules
bandits.py      one state only: epsilon-greedy, UCB, Thompson sampling, gradient bandits
linear.py       features in place of a table: tile coding, and Baird's counterexample
"""

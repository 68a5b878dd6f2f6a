"""Agents that write down one number for each state and action, and what such numbers should be.

planning.py     the best policy of a known world, calculated
policies.py     from numbers to actions
episodes.py     what happened, and what it was worth in hindsight
prediction.py   how good is a policy? Monte Carlo, TD, TD(lambda)
control.py      what is the best policy? SARSA, Q-learning and their family, one rule each
agent.py        an agent that learns by one of these rules
"""

"""Searching a game tree before each move.

formulas   what all of them share
puct       guided by a network, a tree of nodes: the one to read
batched    the same for many games at once, on arrays: the one that trains
gumbel     another root for it, which learns from few simulations
"""

# %% [markdown]
# What decides how long a run takes stands in one cell. A check with `--verify` puts the small
# values of `capstone.toml` in their place, trains once, and scores the networks that are saved.

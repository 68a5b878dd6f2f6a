# %% [markdown]
# ## Rerun
#
# `undergrad capstone run .` runs this notebook and keeps what it writes;
# `undergrad capstone check .` runs a copy on a fresh kernel and computes the claim again from the
# saved networks. All randomness comes from the seeds at the top. `results.json` names the versions.

"""The agents, one readable file each."""

"""The event store on the disk: append-only, verified at every opening, repaired from backups."""

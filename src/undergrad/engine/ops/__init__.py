"""The operations, by concept. Each one shows its forward calculation and its gradient together."""

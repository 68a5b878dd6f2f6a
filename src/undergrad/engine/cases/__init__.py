"""The case table: one record for each public operation, layer, loss and optimiser.

`python -m undergrad.engine.cases --parity --seed 7` compares every record with PyTorch.
"""

from undergrad.engine.cases.layers import LAYERS, RULES
from undergrad.engine.cases.operations import OPERATIONS
from undergrad.engine.cases.parity import differences, torch_values
from undergrad.engine.cases.record import Case, Layer, Operation, Refusal, Rule, Sample

CASES: tuple[Case, ...] = (*OPERATIONS, *LAYERS, *RULES)

__all__ = [
    "CASES",
    "LAYERS",
    "OPERATIONS",
    "RULES",
    "Case",
    "Layer",
    "Operation",
    "Refusal",
    "Rule",
    "Sample",
    "differences",
    "torch_values",
]

"""The case table: one record for each public operation, layer, loss and optimiser.

`python -m undergrad.engine.cases --parity --seed 7` compares every record with PyTorch.
"""

from undergrad.engine.cases.arrays import ARRAY_OPERATIONS
from undergrad.engine.cases.images import IMAGE_LAYERS, IMAGE_OPERATIONS
from undergrad.engine.cases.layers import SIMPLE_LAYERS
from undergrad.engine.cases.losses import LOSS_LAYERS, LOSSES
from undergrad.engine.cases.norms import NORM_LAYERS, NORM_OPERATIONS
from undergrad.engine.cases.operations import SIMPLE_OPERATIONS
from undergrad.engine.cases.parity import differences, torch_values
from undergrad.engine.cases.record import Case, Layer, Operation, Refusal, Rule, Sample
from undergrad.engine.cases.rules import RULES
from undergrad.engine.cases.schedules import PLANS
from undergrad.engine.cases.sequences import SEQUENCE_LAYERS, SEQUENCE_OPERATIONS

OPERATIONS = (
    *SIMPLE_OPERATIONS,
    *ARRAY_OPERATIONS,
    *IMAGE_OPERATIONS,
    *NORM_OPERATIONS,
    *SEQUENCE_OPERATIONS,
    *LOSSES,
)
LAYERS = (*SIMPLE_LAYERS, *IMAGE_LAYERS, *NORM_LAYERS, *SEQUENCE_LAYERS, *LOSS_LAYERS)
CASES: tuple[Case, ...] = (*OPERATIONS, *LAYERS, *RULES, *PLANS)

__all__ = [
    "CASES",
    "LAYERS",
    "OPERATIONS",
    "PLANS",
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

"""The case table: one record for each public operation, layer, loss and optimiser.

`python -m tests.engine.parity --seed 7` compares every record with PyTorch.
"""

from undergrad.cases.arrays import ARRAY_OPERATIONS
from undergrad.cases.images import IMAGE_LAYERS, IMAGE_OPERATIONS
from undergrad.cases.layers import SIMPLE_LAYERS
from undergrad.cases.losses import LOSS_LAYERS, LOSSES
from undergrad.cases.norms import NORM_LAYERS, NORM_OPERATIONS
from undergrad.cases.operations import SIMPLE_OPERATIONS
from undergrad.cases.optimizers import OPTIMIZERS
from undergrad.cases.record import Case, Layer, Operation, OptimizerCase, Refusal, Sample
from undergrad.cases.schedules import SCHEDULES
from undergrad.cases.sequence_layers import SEQUENCE_LAYERS
from undergrad.cases.sequences import SEQUENCE_OPERATIONS

OPERATIONS = (
    *SIMPLE_OPERATIONS,
    *ARRAY_OPERATIONS,
    *IMAGE_OPERATIONS,
    *NORM_OPERATIONS,
    *SEQUENCE_OPERATIONS,
    *LOSSES,
)
LAYERS = (*SIMPLE_LAYERS, *IMAGE_LAYERS, *NORM_LAYERS, *SEQUENCE_LAYERS, *LOSS_LAYERS)
CASES: tuple[Case, ...] = (*OPERATIONS, *LAYERS, *OPTIMIZERS, *SCHEDULES)

__all__ = [
    "CASES",
    "LAYERS",
    "OPERATIONS",
    "OPTIMIZERS",
    "SCHEDULES",
    "Case",
    "Layer",
    "Operation",
    "OptimizerCase",
    "Refusal",
    "Sample",
]

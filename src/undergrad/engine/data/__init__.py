"""Datasets, batches, splits and transforms: what stands between arrays and the training loop."""

from undergrad.engine.data import transforms
from undergrad.engine.data.dataset import Dataset, Subset, TensorDataset, random_split
from undergrad.engine.data.loader import DataLoader
from undergrad.engine.data.split import group_split, stratified_split
from undergrad.engine.data.transforms import Transformed

__all__ = [
    "DataLoader",
    "Dataset",
    "Subset",
    "TensorDataset",
    "Transformed",
    "group_split",
    "random_split",
    "stratified_split",
    "transforms",
]

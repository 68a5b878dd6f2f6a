"""Datasets, batches, and data that needs no download."""

from undergrad.engine.data import sources, transforms
from undergrad.engine.data.dataset import Dataset, Subset, TensorDataset, random_split
from undergrad.engine.data.loader import DataLoader
from undergrad.engine.data.split import group_split, stratified_split
from undergrad.engine.data.text import Vocabulary, Windows
from undergrad.engine.data.transforms import Transformed

__all__ = [
    "DataLoader",
    "Dataset",
    "Subset",
    "TensorDataset",
    "Transformed",
    "Vocabulary",
    "Windows",
    "group_split",
    "random_split",
    "sources",
    "stratified_split",
    "transforms",
]

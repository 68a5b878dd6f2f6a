"""Datasets, batches, and data that needs no download."""

from undergrad.engine.data import sources as sources
from undergrad.engine.data.dataset import Dataset as Dataset
from undergrad.engine.data.dataset import Subset as Subset
from undergrad.engine.data.dataset import TensorDataset as TensorDataset
from undergrad.engine.data.dataset import random_split as random_split
from undergrad.engine.data.loader import DataLoader as DataLoader

"""Datasets, batches, and data that needs no download."""

from undergrad.engine.data import sources as sources
from undergrad.engine.data import transforms as transforms
from undergrad.engine.data.dataset import Dataset as Dataset
from undergrad.engine.data.dataset import Subset as Subset
from undergrad.engine.data.dataset import TensorDataset as TensorDataset
from undergrad.engine.data.dataset import random_split as random_split
from undergrad.engine.data.loader import DataLoader as DataLoader
from undergrad.engine.data.split import group_split as group_split
from undergrad.engine.data.split import stratified_split as stratified_split
from undergrad.engine.data.text import Vocabulary as Vocabulary
from undergrad.engine.data.text import Windows as Windows
from undergrad.engine.data.transforms import Transformed as Transformed

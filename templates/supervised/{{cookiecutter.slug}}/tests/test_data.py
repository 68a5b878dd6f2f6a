"""The split keeps its promise: nothing that is tested was trained on."""

import numpy as np

from data import CLASSES, load


{% include "digits_tests.py" %}

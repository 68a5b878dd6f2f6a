"""The data: where it comes from, and how it is split. Nothing here looks at a label to decide.

Make it yours: return your own arrays from `load`. Keep the three sets, and keep the split fixed
and seeded, so that the test set stays unseen whatever you change elsewhere.
"""

{% include "digits.py" %}

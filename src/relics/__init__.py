"""The low-temperature anomalies of glasses: five papers, derived, checked and computed."""

__version__ = "0.1.0"

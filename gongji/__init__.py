"""gongji (共济): one system for the family mutual aid of personal medical-insurance accounts."""

__version__ = "0.1.0"

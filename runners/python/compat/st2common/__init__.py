# st2common/__init__.py — what packs import of StackStorm, on Squall: the same names and behaviour, another implementation.
__version__ = "3.9.0"

# st2tests/mocks/__init__.py — a package; see the modules in it.

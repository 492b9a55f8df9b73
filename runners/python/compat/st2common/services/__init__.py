# st2common/services/__init__.py — a package; see the modules in it.

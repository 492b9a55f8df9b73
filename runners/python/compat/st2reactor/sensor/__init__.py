# st2reactor/sensor/__init__.py — a package; see the modules in it.

# st2common/bootstrap/__init__.py — registration from within actions, which is not here.

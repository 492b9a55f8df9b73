# st2actions/runners/pythonrunner.py — where Action was before; packs still import it from here.
from st2common.runners.base_action import Action

__all__ = ["Action"]

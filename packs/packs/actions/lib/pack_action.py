# packs/packs/actions/lib/pack_action.py — what the actions of this pack begin with.
from pack_index import PackIndex
from pack_objects import PackObjects
from st2common.runners.base_action import Action

SUCCESS = "Success."


class PackAction(Action):
    """`packs` is connected when it is first used."""

    _packs = None

    @property
    def packs(self):
        if self._packs is None:
            self._packs = PackObjects()
        return self._packs

    def index(self, wanted=None):
        """The index of the namespace, which counts most, and those of the configuration where it does not have the pack `wanted`."""
        return PackIndex(self.config, lambda: self.packs.index_text(), wanted)


def succeeded(packs_status):
    """Names of the packs whose status says so."""
    return [pack for pack, status in (packs_status or {}).items() if status.lower().startswith("success")]

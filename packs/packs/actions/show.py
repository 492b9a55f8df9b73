# packs/packs/actions/show.py — what the index knows of one pack.
from pack_index import PackIndex
from st2common.runners.base_action import Action


class Show(Action):
    def run(self, pack):
        return {"pack": PackIndex(self.config).required().get(pack)}

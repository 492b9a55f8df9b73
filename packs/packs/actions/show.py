# packs/packs/actions/show.py — what the index knows of one pack.
from pack_action import PackAction


class Show(PackAction):
    def run(self, pack):
        return {"pack": self.index(pack).required().get(pack)}

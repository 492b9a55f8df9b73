# packs/packs/actions/search.py — packs of the index that have a text in them.
from pack_index import PackIndex
from st2common.runners.base_action import Action


class Search(Action):
    def run(self, query):
        return PackIndex(self.config).search(query)

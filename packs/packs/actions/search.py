# packs/packs/actions/search.py — packs of the index that have a text in them.
from pack_action import PackAction


class Search(PackAction):
    def run(self, query):
        return self.index().search(query)

# st2tests/mocks/datastore.py — a datastore in memory.
from st2common.constants.keyvalue import SYSTEM_SCOPE
from st2common.services.datastore import BaseDatastoreService

__all__ = ["MockDatastoreService"]


class MockDatastoreService(BaseDatastoreService):
    def __init__(self, logger, pack_name, class_name, api_username=None):
        super().__init__(logger=logger, pack_name=pack_name, class_name=class_name)
        self._username = api_username or "admin"
        self._datastore_items = {}

    def get_user_info(self):
        return {
            "username": self._username,
            "rbac": {"is_admin": True, "enabled": True, "roles": ["admin"]},
            "authentication": {"method": "authentication token", "location": "header"},
        }

    def list_values(self, local=True, limit=None, prefix=None, offset=0):
        start = self._get_full_key_name(prefix or "", local)
        return [item for name, item in self._datastore_items.items() if name.startswith(start)]

    def get_value(self, name, local=True, scope=SYSTEM_SCOPE, decrypt=False):
        item = self._datastore_items.get(self._get_full_key_name(name, local))
        return item.value if item else None

    def set_value(self, name, value, ttl=None, local=True, scope=SYSTEM_SCOPE, encrypt=False):
        from st2client.models.keyvalue import KeyValuePair

        name = self._get_full_key_name(name, local)
        self._datastore_items[name] = KeyValuePair(id=name, name=name, value=value)
        if ttl:
            self._logger.warning("MockDatastoreService is not able to expire keys based on ttl.")
            self._datastore_items[name].ttl = ttl
        return True

    def delete_value(self, name, local=True, scope=SYSTEM_SCOPE):
        return self._datastore_items.pop(self._get_full_key_name(name, local), None) is not None

# packs/kubernetes/tests/cluster_case.py — what the tests of this pack inherit from: an action against a server of its own.
import cluster_action
from api_server import ApiServer
from st2tests.base import BaseActionTestCase

DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/web"


class ClusterCase(BaseActionTestCase):
    def setUp(self):
        super().setUp()
        cluster_action.LOOK_SECONDS = 0.01
        self.server = ApiServer()
        self.addCleanup(self.server.close)

    def run_action(self, **parameters):
        return self.get_action_instance(config=self.server.config).run(**parameters)

    def deployment(self, **status):
        container = {"name": "main", "image": "web:1"}
        spec = {"replicas": 2, "template": {"spec": {"containers": [container]}}}
        return self.server.put(DEPLOYMENT, "Deployment", spec=spec, status=status)

// e2e/packs/listed.ts — cases whose result is another one here, packs that cannot be installed everywhere, and why.

const SUDO = 'pods run without privileges, and no image has sudo';

/** Reasons by the id of the case. */
export const LISTED: Readonly<Record<string, string>> = {
  'networking_utils.resolve#1':
    'the hosts file of a pod has localhost twice, for IPv4 and IPv6, and both become 127.0.0.1',
  'core.local_sudo#1': SUDO,
  'tests.test_quickstart_local_script_actions#1': `${SUDO}; its last two tasks want it`,
  'examples.orquesta-task-retry#1': 'its tasks share a file in /tmp, and each of them has a pod of its own',
  'syslog_client.log_via_syslog#1':
    "its first task asks StackStorm's API for an execution, and of that API there is the datastore only",
};

/** Why a pack is not ready, and what its Pack says in that case: any other words are no such case. */
export interface ListedPack {
  readonly why: string;
  readonly says: RegExp;
}

/** By the pack; each is installed where what it lacks is there. */
export const LISTED_PACKS: Readonly<Record<string, ListedPack>> = {
  icinga2: {
    why: 'its requirements.txt names a repository at GitHub, which this cluster does not reach',
    says: /github\.com[^]*(?:Could not resolve host|Failed to connect|timed out|unable to access)/,
  },
  kubernetes: {
    why: 'http_parser exists as source in C only, and the image has no compiler',
    says: /Failed to build .http-parser\b/,
  },
  mssql: {
    why: 'pymssql before 2.2 has no wheel for Python 3.11, and its source is not what Cython takes today',
    says: /Failed to build .pymssql==2\.[01]\b/,
  },
  typeform: {
    why: 'mysqlclient exists as source in C only, and the image has neither a compiler nor the library of MySQL',
    says: /Failed to build .mysqlclient\b/,
  },
};

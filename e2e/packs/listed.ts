// e2e/packs/listed.ts — cases whose result is another one here, and why.

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

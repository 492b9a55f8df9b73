// operator/domain/action/remote-parameters.ts — what the runners for HTTP and for other machines understand, as StackStorm's do.
import type { Schemas } from './runner-parameters.ts';

const secret = (description: string) => ({ type: 'string', secret: true, description });
const text = (description: string) => ({ type: 'string', description });

/** Further ones, as `method`, `body` and `timeout`, are an action's own: it declares those that it wants. */
export const HTTP_PARAMETERS: Schemas = {
  url: { type: 'string', required: true, description: 'Address that is asked, http:// or https://.' },
  headers: { type: 'object', description: 'Headers of the request.' },
  cookies: { type: 'object', description: 'Cookies for the host.' },
  username: text('User of basic authentication.'),
  password: secret('Password of basic authentication.'),
  http_proxy: text('Proxy for http://, as http://host:port.'),
  https_proxy: text('Proxy for https://, as http://host:port.'),
  allow_redirects: { type: 'boolean', default: false, description: 'Whether redirects are followed.' },
  verify_ssl_cert: { type: 'boolean', default: true, description: 'Whether the certificate must be good.' },
  url_hosts_blacklist: { type: 'array', items: { type: 'string' }, description: 'Hosts that must not be asked.' },
  url_hosts_whitelist: { type: 'array', items: { type: 'string' }, description: 'The only hosts that may be asked.' },
};

const remote: Schemas = {
  hosts: { type: 'string', required: true, description: 'Hosts, separated by commas: host, host:port, [IPv6]:port.' },
  username: text('User on the hosts. Default: that of the Secret squall-ssh, else stanley.'),
  password: secret('Password of the user; it comes before a key.'),
  private_key: secret('Text of a private key, or its path in the pod. Default: that of the Secret squall-ssh.'),
  passphrase: secret('What opens the private key.'),
  port: { type: 'integer', default: 22, description: 'Port of hosts that are given without one.' },
  bastion_host: text('Host over which the others are reached, with the same login. Default: of the Secret squall-ssh.'),
  parallel: { type: 'boolean', default: false, description: 'Whether a third of the hosts is worked on at once.' },
  sudo: { type: 'boolean', default: false, description: 'Whether to run through sudo on the hosts.' },
  sudo_password: { ...secret('What sudo asks for; it reads it from its input.'), default: null },
  cwd: { type: 'string', default: '/tmp', description: 'Working directory on the hosts.' },
  env: { type: 'object', description: 'Variables of the process.' },
  kwarg_op: { type: 'string', default: '--', description: 'What stands before the name of a named argument.' },
};

const FOLDER = 'Folder of the hosts in which a script gets a folder of its own.';

export const REMOTE_CMD_PARAMETERS: Schemas = {
  cmd: { type: 'string', description: 'Command, for the shell of the user.' },
  dir: { type: 'string', default: '/tmp', immutable: true, description: FOLDER },
  ...remote,
};

export const REMOTE_SCRIPT_PARAMETERS: Schemas = {
  dir: { type: 'string', default: '/tmp', description: FOLDER },
  ...remote,
};

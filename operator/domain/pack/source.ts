// operator/domain/pack/source.ts — where a pack comes from, as StackStorm's users type it → a name in an index, or a repository.
import type { PackSpec } from '../../api/pack.ts';

export type PackLocation =
  | { readonly kind: 'index'; readonly name: string; readonly version: string | undefined }
  /** `ref` is a branch, a tag, a commit or a version. */
  | { readonly kind: 'git'; readonly url: string; readonly ref: string | undefined }
  | { readonly kind: 'invalid'; readonly message: string };

const FORMS =
  'write name, name=version, owner/repository, https://host/repository=branch, git@host:owner/repository.git or file:///folder';

/** Splits at `=` as StackStorm does: what is after a second one is dropped. Never throws. */
export function parseSource(text: string): PackLocation {
  const [what = '', ref = '', more] = text.trim().split('=');
  // StackStorm would take the newest.
  const isDoubled = what !== '' && ref === '' && more !== undefined;
  const fault = faultOf(what, ref) ?? (isDoubled ? `it has == in it; write ${shown(what)}=${more}` : undefined);
  if (fault !== undefined) return { kind: 'invalid', message: `"${shown(text)}": ${fault}` };
  const wanted = ref === '' ? undefined : ref;
  // git@host:repository.git has no slash, and no name of an index has a colon.
  const name = what.replace(/\/+$/, '');
  if (!/[/:]/.test(name) && !isPath(what)) return { kind: 'index', name, version: wanted };
  return { kind: 'git', url: urlOf(what), ref: wanted };
}

/** Why what is asked for can never be fetched in the cluster, with the remedy; undefined where that is not known beforehand. */
export function sourceFault({ from, source }: Pick<PackSpec, 'from' | 'source'>): string | undefined {
  if (from === undefined) {
    const { url = '', claimName } = source?.git ?? {};
    if (claimName === undefined) return isOnDisk(url) ? onDisk('spec.source.git.url', url) : undefined;
    return isPath(url)
      ? `spec.source.git.url: "${shown(url)}" is no address in the volume of claimName; write file://${shown(url.replace(/^[.~]*\/*/, '/'))}`
      : undefined;
  }
  const location = parseSource(from);
  if (location.kind === 'invalid') return `spec.from: ${location.message}`;
  return location.kind === 'git' && isOnDisk(location.url) ? onDisk('spec.from', location.url) : undefined;
}

const isPath = (url: string): boolean => /^[./~]/.test(url);
const isOnDisk = (url: string): boolean => /^file:/i.test(url) || isPath(url);

const onDisk = (field: string, url: string): string =>
  `${field}: "${shown(url)}" is a folder of some machine, which pods do not see; put it on a volume and give spec.source.git with claimName, or bring it from that machine: squall pack install ${shown(url)}`;

/** One slash and nothing else of an address: a repository at GitHub. */
function urlOf(what: string): string {
  const path = what.replace(/\/+$/, '');
  return path.split('/').length === 2 && !/[:@]/.test(path) && !isPath(path) ? `https://github.com/${path}` : what;
}

function faultOf(what: string, ref: string): string | undefined {
  if (what === '') return `it names no pack; ${FORMS}`;
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\s\u0000-\u001f\u007f]/.test(what + ref)) return `it has blanks in it; ${FORMS}`;
  // Git would take either for an option.
  if (what.startsWith('-') || ref.startsWith('-')) return `it begins with -; ${FORMS}`;
  const scheme = /^([a-z0-9+.-]+):\/\//i.exec(what)?.[1]?.toLowerCase();
  if (scheme !== undefined && !['https', 'http', 'ssh', 'git', 'file'].includes(scheme))
    return `packs are not fetched by ${scheme}; use https, ssh or file`;
  // `ext::command` makes git run a command.
  if (/^[a-z0-9+.-]+::/i.test(what)) return `it is no address of a repository; ${FORMS}`;
  if (/^[^/:@]+(?:\/[^/]+){2,}\/*$/.test(what) && !isPath(what))
    return `it is no address of a repository; write https://${what}, or on the command line ./${what} for a folder`;
  return undefined;
}

/** What is shown of a source that may be anything; a password in it is not. */
const shown = (text: string): string => text.slice(0, 200).replace(/\/\/[^/@\s]*@/, '//…@');

// operator/domain/pack/dependencies.ts — packs that packs ask for → what is to be installed beside them, and what cannot be.

export interface DependencyPlan {
  /** As they are written, each once, to be installed. */
  readonly missing: readonly string[];
  /** What cannot be had in all versions that are asked for. */
  readonly conflicts: readonly string[];
}

/** One that asks: its name, and what its pack.yaml has as dependencies. */
export interface Asking {
  readonly ref: string;
  readonly dependencies: readonly string[];
}

/** `installed` are versions by the name of the pack. StackStorm's rules: a version that is asked for has to be the very one. */
export function planDependencies(asking: readonly Asking[], installed: ReadonlyMap<string, string>): DependencyPlan {
  const missing = new Map<
    string,
    { readonly written: string; readonly version: string | undefined; readonly ref: string }
  >();
  const conflicts: string[] = [];
  for (const { ref, dependencies } of asking) {
    for (const written of dependencies) {
      const { name, version } = parseDependency(written);
      const has = installed.get(name) ?? installed.get(withoutPrefix(name));
      if (has !== undefined) {
        if (version !== undefined && `v${plain(version)}` !== `v${plain(has)}`)
          conflicts.push(`pack "${ref}" needs "${written}", but version ${has} of "${name}" is installed`);
        continue;
      }
      const other = missing.get(name);
      if (!other) missing.set(name, { written, version, ref });
      else if (version !== undefined && other.version !== undefined && version !== other.version)
        conflicts.push(`pack "${ref}" needs "${written}", but pack "${other.ref}" needs "${other.written}"`);
    }
  }
  return { missing: [...missing.values()].map(({ written }) => written), conflicts };
}

/** The name before `=`; of an address its last part, without `.git`. */
export function parseDependency(written: string): { readonly name: string; readonly version: string | undefined } {
  const [what = '', version] = written.split('=');
  const last = what.slice(what.lastIndexOf('/') + 1);
  const name = what.includes('/') ? last.replace(/\.git.*$/, '') : last;
  return { name: name.trim(), version: version === undefined || version === '' ? undefined : version.trim() };
}

/** Repositories are called stackstorm-<name>. */
function withoutPrefix(name: string): string {
  const at = name.indexOf('stackstorm-');
  return at === -1 ? name : name.slice(at + 'stackstorm-'.length);
}

const plain = (version: string): string => version.replace(/^v/, '');

// operator/domain/pack/versions.ts — versions of packs and of what they ask for: compared as semantic versions.
import type { Manifest } from '../../api/install.ts';

/** What packs find here. */
export interface Platform {
  /** The StackStorm whose behaviour is offered, for example 3.9.0. */
  readonly stackstorm: string;
  /** For example 3.11. */
  readonly python: string;
}

const FORCE =
  'You can override this restriction by providing the "force" flag, but the pack is not guaranteed to work.';

/** Why a pack should not be installed; undefined when nothing speaks against it. `force` overrules it. */
export function platformFault(
  { name, stackstormVersion, pythonVersions }: Manifest['pack'],
  { stackstorm, python }: Platform,
): string | undefined {
  if (stackstormVersion !== undefined && !fulfils(stackstorm, stackstormVersion))
    return `Pack "${name}" requires StackStorm "${stackstormVersion}", but current version is "${stackstorm}". ${FORCE}`;
  const [major = ''] = python.split('.');
  if (pythonVersions === undefined || pythonVersions.includes(major)) return undefined;
  return `Pack "${name}" requires Python ${pythonVersions.map((one) => `${one}.x`).join(' or ')}, but current Python version is "${python}". ${FORCE}`;
}

/** Whether a version fulfils all comparisons, which have commas between them; blanks and a single = are taken. */
export function fulfils(version: string, comparisons: string): boolean {
  if (comparisons.trim() === 'all') return true;
  return comparisons
    .split(',')
    .map((term) => term.trim())
    .filter((term) => term !== '')
    .every((term) => {
      const [, operator = '', wanted = ''] = /^([<>=!]*)\s*(.*)$/.exec(term) ?? [];
      const test = TESTS[operator];
      return test !== undefined && isVersion(wanted) && test(compareVersions(version, wanted));
    });
}

const TESTS: Readonly<Record<string, (order: number) => boolean>> = {
  '': (order) => order === 0,
  '=': (order) => order === 0,
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '>=': (order) => order >= 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>>': (order) => order > 0,
  '<': (order) => order < 0,
  '<<': (order) => order < 0,
};

/** X.Y.Z, with what may follow; no leading v. */
export const isVersion = (text: string): boolean => /^\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?$/.test(text);

/** Negative when `a` is older. What follows a + does not count; what is no version is older than all. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => {
    const [plain = ''] = text.split('+');
    const dash = plain.indexOf('-');
    return dash === -1 ? [plain, ''] : [plain.slice(0, dash), plain.slice(dash + 1)];
  }) as [[string, string], [string, string]];
  const order = compareParts(x[0].split('.'), y[0].split('.'));
  if (order !== 0 || x[1] === y[1]) return order;
  // 1.0.0-rc comes before 1.0.0.
  if (x[1] === '' || y[1] === '') return x[1] === '' ? 1 : -1;
  return compareParts(x[1].split('.'), y[1].split('.'));
}

/** Numbers come before words, fewer parts before more. */
function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [x, y] = [a[i], b[i]];
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    if (x === y) continue;
    const [isNumberX, isNumberY] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (isNumberX && isNumberY && Number(x) !== Number(y)) return Number(x) - Number(y);
    if (isNumberX !== isNumberY) return isNumberX ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return 0;
}

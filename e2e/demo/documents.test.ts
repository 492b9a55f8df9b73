// e2e/demo/documents.test.ts — what people read and apply by hand fits the schemas: manifests, notifications, reasons, links.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { KINDS } from '../../operator/api/kinds.ts';
import { REASONS } from '../../operator/api/reasons.ts';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: unknown;
}

const ours = (text: string): Manifest[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest)
    .filter(({ kind }) => KINDS.some((one) => one.kind === kind));

const check = ({ kind, spec }: Manifest) => KINDS.find((one) => one.kind === kind)?.spec.safeParse(spec);

test.each(['trigger-type', 'pack'])('the demo applies a valid %s', (name) => {
  const manifests = ours(readFileSync(`e2e/demo/${name}.yaml`, 'utf8'));
  expect(manifests).toHaveLength(1);
  for (const manifest of manifests) expect(check(manifest)).toMatchObject({ success: true });
});

test('the demo asks for the tag that its pack has as version', () => {
  const { version } = parse(readFileSync('e2e/demo/pack/pack.yaml', 'utf8')) as { version: string };
  const from = `git://git.squall-demo.svc/demo=v${version}`;
  expect(ours(readFileSync('e2e/demo/pack.yaml', 'utf8'))).toMatchObject([{ spec: { from } }]);
});

test("only production's notification fits the criteria of the rule, and it has a firing alert", () => {
  const { criteria } = parse(readFileSync('e2e/demo/pack/rules/production_disks.yaml', 'utf8')) as {
    criteria: Record<string, { type: string; pattern: string }>;
  };
  const holds = (name: string) => {
    const body: unknown = JSON.parse(readFileSync(`e2e/demo/events/${name}.json`, 'utf8'));
    return Object.entries(criteria).every(([path, { type, pattern }]) => {
      const value = path
        .split('.')
        .slice(2)
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], body);
      return type === 'regex' ? new RegExp(pattern).test(String(value)) : value === pattern;
    });
  };
  expect([holds('staging'), holds('production')]).toEqual([false, true]);
  const { version, alerts } = JSON.parse(readFileSync('e2e/demo/events/production.json', 'utf8')) as {
    version: string;
    alerts: { status: string }[];
  };
  expect(version).toBe('4');
  expect(alerts.map(({ status }) => status)).toEqual(['firing', 'resolved']);
});

test('every reason has a line with its remedy in the troubleshooting page', () => {
  const page = readFileSync('docs/concepts/operations.md', 'utf8');
  expect(Object.keys(REASONS).filter((reason) => !page.includes(`| \`${reason}\` |`))).toEqual([]);
  const rows = [...page.matchAll(/^\| `([A-Z]\w+)` \|/gm)].map(([, reason]) => reason);
  expect(rows.filter((reason) => !(reason! in REASONS))).toEqual([]);
});

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'packs/README.md',
  ...readdirSync('packs', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `packs/${name}/README.md`),
  ...['docs', 'docs/concepts', 'docs/adr'].flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.md'))
      .map((file) => `${folder}/${file}`),
  ),
];

test.each(pages)('%s: its links lead somewhere and its manifests are valid', (page) => {
  const text = readFileSync(page, 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => join(dirname(page), link!));
  expect(links.filter((link) => !existsSync(link))).toEqual([]);
  for (const [, block] of text.matchAll(/```yaml\n([\s\S]*?)```/g)) {
    for (const manifest of ours(block!))
      expect([manifest.metadata.name, check(manifest)]).toMatchObject([manifest.metadata.name, { success: true }]);
  }
});

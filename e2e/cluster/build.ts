// e2e/cluster/build.ts — go.mod files → the cluster's own binaries; compiled once, and again only when their inputs change.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import { paths } from './home.ts';
import type { Note } from './progress.ts';

interface Tool {
  readonly name: string;
  /** The folder under tools/ whose go.mod pins the versions. */
  readonly module: string;
  readonly package: string;
  readonly ldflags?: string;
  /** Without libc, for an image that has nothing but this file. */
  readonly isStatic?: boolean;
}

const version = 'v1.34.4';
const stamped = [
  `-X k8s.io/component-base/version.gitVersion=${version}`,
  '-X k8s.io/component-base/version.gitMajor=1',
  '-X k8s.io/component-base/version.gitMinor=34',
  `-X k8s.io/client-go/pkg/version.gitVersion=${version}`,
].join(' ');

const kubernetes = (name: string): Tool => ({
  name,
  module: 'kubernetes',
  package: `k8s.io/kubernetes/cmd/${name}`,
  ldflags: stamped,
});

const tools: readonly Tool[] = [
  kubernetes('kubectl'),
  kubernetes('kube-apiserver'),
  kubernetes('kube-controller-manager'),
  kubernetes('kube-scheduler'),
  kubernetes('kubelet'),
  kubernetes('kube-proxy'),
  { name: 'etcd', module: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  {
    name: 'helm',
    module: 'helm',
    package: 'helm.sh/helm/v3/cmd/helm',
    // Else it believes that it talks to Kubernetes 1.20, and refuses charts that ask for more.
    ldflags: ['pkg/chartutil', 'pkg/lint/rules']
      .flatMap((name) => [
        `-X helm.sh/helm/v3/${name}.k8sVersionMajor=1`,
        `-X helm.sh/helm/v3/${name}.k8sVersionMinor=34`,
      ])
      .join(' '),
  },
  {
    name: 'helm4',
    module: 'helm4',
    package: 'helm.sh/helm/v4/cmd/helm',
    ldflags: ['pkg/chart/common', 'pkg/chart/v2/lint/rules']
      .flatMap((name) => [
        `-X helm.sh/helm/v4/${name}.k8sVersionMajor=1`,
        `-X helm.sh/helm/v4/${name}.k8sVersionMinor=34`,
      ])
      .join(' '),
  },
  { name: 'kwok', module: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok' },
  { name: 'coredns', module: 'coredns', package: 'github.com/coredns/coredns', isStatic: true },
  { name: 'pause', module: 'pause', package: '.', isStatic: true },
];

/** Compiles what is missing or out of date of `wanted` (all unless given), one after the other: Go itself uses all cores. */
export async function buildTools(note: Note, wanted?: readonly string[]): Promise<void> {
  await mkdir(join(paths.bin, '.stamps'), { recursive: true });
  const stale: { tool: Tool; stamp: string }[] = [];
  for (const tool of tools.filter(({ name }) => wanted?.includes(name) ?? true)) {
    const stamp = await stampOf(tool);
    if (!(await isBuilt(tool, stamp))) stale.push({ tool, stamp });
  }
  for (const [index, { tool, stamp }] of stale.entries()) {
    note(`${tool.name}, ${index + 1} of ${stale.length}`);
    await compile(tool);
    await writeFile(stampFile(tool), stamp);
  }
}

/** Whether every tool is there and up to date, so that no Go is needed. */
export async function toolsAreBuilt(): Promise<boolean> {
  for (const tool of tools) if (!(await isBuilt(tool, await stampOf(tool)))) return false;
  return true;
}

/** The highest `go` line of all go.mod files, such as 1.24.0. */
export async function requiredGo(): Promise<string> {
  const modules = [...new Set(tools.map(({ module }) => module))];
  const texts = await Promise.all(modules.map((module) => readFile(join(paths.tools, module, 'go.mod'), 'utf8')));
  const versions = texts.map((text) => /^go (\S+)$/m.exec(text)?.[1] ?? '1.0');
  return versions.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1) ?? '1.0';
}

async function compile(tool: Tool): Promise<void> {
  const out = join(paths.bin, tool.name);
  const ldflags = ['-s -w', tool.ldflags].filter((flags) => flags !== undefined).join(' ');
  await run('go', ['build', `-ldflags=${ldflags}`, '-o', `${out}.new`, tool.package], {
    cwd: join(paths.tools, tool.module),
    env: tool.isStatic ? { CGO_ENABLED: '0' } : {},
    timeoutMs: 3_600_000,
  });
  await rename(`${out}.new`, out); // a running cluster keeps its old file
}

const stampFile = (tool: Tool) => join(paths.bin, '.stamps', tool.name);

async function isBuilt(tool: Tool, stamp: string): Promise<boolean> {
  if (!existsSync(join(paths.bin, tool.name)) || !existsSync(stampFile(tool))) return false;
  return (await readFile(stampFile(tool), 'utf8')) === stamp;
}

async function stampOf(tool: Tool): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(tool)).update(process.arch);
  for (const file of ['go.mod', 'go.sum', 'main.go']) {
    const path = join(paths.tools, tool.module, file);
    if (existsSync(path)) hash.update(await readFile(path));
  }
  return hash.digest('hex');
}

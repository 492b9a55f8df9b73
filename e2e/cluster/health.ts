// e2e/cluster/health.ts — Whether a component of the embedded cluster answers, asked at its own health address.
import { request as askPlain } from 'node:http';
import { request as askTls } from 'node:https';
import { connect, type NetConnectOpts } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { node, paths } from './home.ts';
import { isAlive } from './process.ts';
import type { Ledger } from './record.ts';

/** A process of the embedded cluster that can be stopped, started and killed. */
export type Component =
  | 'etcd'
  | 'apiserver'
  | 'controller-manager'
  | 'scheduler'
  | 'kubelet'
  | 'containerd'
  | 'kube-proxy';

const healthUrls: Readonly<Record<Exclude<Component, 'containerd'>, string>> = {
  etcd: 'http://127.0.0.1:2379/health',
  apiserver: `https://127.0.0.1:${node.apiPort}/readyz`,
  'controller-manager': 'https://127.0.0.1:10257/healthz',
  scheduler: 'https://127.0.0.1:10259/healthz',
  kubelet: 'http://127.0.0.1:10248/healthz',
  'kube-proxy': 'http://127.0.0.1:10256/healthz',
};

/** Resolves when the component answers; throws after `limitMs`, or at once when its process has ended. */
export async function waitUntilHealthy(ledger: Ledger, name: Component, limitMs = 120_000): Promise<void> {
  const patience = Date.now() + limitMs;
  while (!(await isHealthy(name))) {
    const entry = ledger.record.processes[name];
    const isDead = entry === undefined || !isAlive(entry);
    if (isDead) throw new Error(`${name} ended right after its start; it said:\n${lastLines(name)}`);
    if (Date.now() > patience) {
      throw new Error(`${name} does not answer after ${limitMs / 1000} s; it said:\n${lastLines(name)}`);
    }
    await sleep(100);
  }
}

/** One question, answered within 2 s. */
export async function isHealthy(name: Component): Promise<boolean> {
  return name === 'containerd' ? canConnect({ path: paths.containerdSocket }) : answersOk(healthUrls[name]);
}

/** Resolves when the API server answers under its Service's address, which is when kube-proxy has written its rules. */
export async function waitUntilRouted(limitMs = 60_000): Promise<void> {
  const patience = Date.now() + limitMs;
  while (!(await canConnect({ host: node.apiService, port: 443 }))) {
    if (Date.now() > patience)
      throw new Error(`the Service ${node.apiService} does not work; kube-proxy said:\n${lastLines('kube-proxy')}`);
    await sleep(100);
  }
}

function answersOk(url: string): Promise<boolean> {
  const ask = url.startsWith('https:') ? askTls : askPlain;
  // Health addresses are open to anybody and nothing secret is sent: certificates of their own making will do.
  const options = { timeout: 2000, rejectUnauthorized: false, agent: false };
  return new Promise((resolve) => {
    const request = ask(url, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
    request.end();
  });
}

function canConnect(address: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...address, timeout: 2000 }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('timeout', () => socket.destroy(new Error('no answer')));
    socket.on('error', () => resolve(false));
  });
}

function lastLines(name: string): string {
  const text = readFileSync(join(paths.logs, `${name}.log`), 'utf8');
  return text.trimEnd().split('\n').slice(-8).join('\n');
}

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Component } from './berth';
import { runCommand } from './command';
import { addresses, type Layout } from './layout';
import { tool } from './tools/tool';

/** The image registry of a cluster. Plain HTTP, reachable from inside the cluster only, gone with it. */
export interface Registry {
  /** The host part of its image names, such as `10.89.0.2:5000`. */
  readonly address: string;
  /** Stores an image archive under a name such as `team/app:1` and returns the name that pods use. */
  push(archive: string, name: string): Promise<string>;
}

/** The registry's program, serving from the cluster's folder. */
export async function registryComponent(layout: Layout): Promise<Component> {
  const folder = path.join(layout.directory, 'registry');
  mkdirSync(folder, { recursive: true });
  const config = path.join(folder, 'config.json');
  writeFileSync(
    config,
    JSON.stringify({
      version: 0.1,
      storage: { filesystem: { rootdirectory: path.join(folder, 'data') } },
      http: { addr: registryAddress(layout) },
    }),
  );
  return {
    name: 'registry',
    network: layout.nodes[0]!.name,
    command: [await tool('registry'), 'serve', config],
    env: [`PATH=${process.env.PATH}`],
    log: path.join(layout.logs, 'registry.log'),
  };
}

/** Where the registry listens, inside the cluster. */
export function registryAddress(layout: Layout): string {
  return `${layout.nodes[0]!.address}:${addresses.registryPort}`;
}

/**
 * Uploads through the first node's containerd, in a namespace that kubelets do not look into: a pod that uses the
 * image must really pull it.
 */
export async function pushArchive(
  layout: Layout,
  networkFile: string,
  archive: string,
  name: string,
): Promise<string> {
  const reference = `${registryAddress(layout)}/${name}`;
  const client = [
    `--net=${networkFile}`,
    await tool('ctr'),
    '-a',
    layout.nodes[0]!.containerdSocket,
    '-n',
    'drydock-push',
    'images',
  ];
  const images = (...args: string[]) => runCommand('nsenter', [...client, ...args]);
  await images('import', '--local', '--no-unpack', '--index-name', reference, archive);
  await images('push', '--local', '--plain-http', reference);
  await images('rm', '--sync', reference);
  return reference;
}

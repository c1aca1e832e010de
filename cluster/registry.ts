import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Component } from './berth';
import { runCommand } from './command';
import { makeFolder } from './folder';
import type { Layout } from './layout';
import { type RegistryFiles, registryAddress, registryFiles } from './registry-access';
import { tool } from './tools/tool';

/**
 * The image registry of a cluster, reachable from inside the cluster only, gone with it. It talks to those alone who
 * show its client certificate, as the nodes do when they pull: what tests run cannot be replaced by a pod or by another
 * user of the machine.
 */
export interface Registry {
  /** The host part of its image names, such as `10.89.0.2:5000`. */
  readonly address: string;
  /** For other clients than `push`, such as `helm push --ca-file --cert-file --key-file` through `cluster.run`. */
  readonly files: RegistryFiles;
  /** Stores an image archive under a name such as `team/app:1` and returns the name that pods use. */
  push(archive: string, name: string): Promise<string>;
}

/** The registry's program, serving from the cluster's folder. */
export async function registryComponent(layout: Layout): Promise<Component> {
  const folder = makeFolder(path.join(layout.directory, 'registry'));
  const pki = (file: string) => path.join(layout.pki, file);
  const config = path.join(folder, 'config.json');
  writeFileSync(
    config,
    JSON.stringify({
      version: 0.1,
      storage: { filesystem: { rootdirectory: path.join(folder, 'data') } },
      http: {
        addr: registryAddress(layout),
        tls: {
          certificate: pki('registry.crt'),
          key: pki('registry.key'),
          clientcas: [registryFiles(layout).authority],
        },
      },
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

/**
 * Uploads through the first node's containerd, in a namespace that kubelets do not look into: a pod that uses the
 * image must really pull it. Each push has a namespace of its own, so that two at once do not meet in a name, which
 * the archive brings along too.
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
    `drydock-push-${randomBytes(6).toString('hex')}`,
    'images',
  ];
  const images = (...args: string[]) => runCommand('nsenter', [...client, ...args]);
  await images('import', '--local', '--no-unpack', '--index-name', reference, archive);
  const { authority, certificate, key } = registryFiles(layout);
  const shown = [`--tlscacert=${authority}`, `--tlscert=${certificate}`, `--tlskey=${key}`];
  await images('push', '--local', ...shown, reference);
  const { stdout } = await images('ls', '--quiet');
  await images('rm', '--sync', ...stdout.trim().split('\n'));
  return reference;
}

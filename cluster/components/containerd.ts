import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Component } from '../berth';
import { makeFolder } from '../folder';
import { addresses, type Layout, type NodeLayout } from '../layout';
import { registryAddress, registryFiles } from '../registry-access';

/** The folders of the binaries that containerd calls by itself. */
export interface RuntimeTools {
  readonly containerd: string;
  readonly shim: string;
  readonly runc: string;
  readonly cniFolder: string;
}

/** The name of the pause image in every node's image store. */
export const PAUSE_IMAGE = 'localhost/pause:1';

function writePodNetwork(node: NodeLayout): string {
  const folder = makeFolder(path.join(node.directory, 'cni'));
  const network = {
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        ipMasq: false,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          dataDir: path.join(node.directory, 'ipam'),
          ranges: [[{ subnet: addresses.podsOf(node.index) }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
  writeFileSync(path.join(folder, '10-pods.conflist'), JSON.stringify(network));
  return folder;
}

/** What containerd needs to pull from the cluster's own registry. */
function writeRegistryHosts(layout: Layout, node: NodeLayout): string {
  const registry = registryAddress(layout);
  const { authority, certificate, key } = registryFiles(layout);
  const folder = makeFolder(path.join(node.directory, 'registries'));
  writeFileSync(
    path.join(makeFolder(path.join(folder, registry)), 'hosts.toml'),
    `server = "https://${registry}"
ca = ${JSON.stringify(authority)}
client = [[${JSON.stringify(certificate)}, ${JSON.stringify(key)}]]
`,
  );
  return folder;
}

/** containerd of one node, with its images and containers in the node's folder. */
export function containerd(layout: Layout, node: NodeLayout, tools: RuntimeTools): Component {
  const quoted = (...parts: string[]) => JSON.stringify(path.join(...parts));
  const config = path.join(node.directory, 'containerd.toml');
  writeFileSync(
    config,
    `version = 3
root = ${quoted(node.directory, 'containerd')}
state = ${JSON.stringify(`/run/${node.name}`)}

[grpc]
  address = ${JSON.stringify(node.containerdSocket)}

[plugins.'io.containerd.nri.v1.nri']
  # Its socket has one place for the whole machine, over which the nodes would fall out.
  disable = true
[plugins.'io.containerd.internal.v1.opt']
  path = ${quoted(node.directory, 'opt')}

[plugins.'io.containerd.cri.v1.images']
  discard_unpacked_layers = true
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = ${JSON.stringify(PAUSE_IMAGE)}
  [plugins.'io.containerd.cri.v1.images'.registry]
    config_path = ${JSON.stringify(writeRegistryHosts(layout, node))}

[plugins.'io.containerd.cri.v1.runtime']
  # Without CAP_SYS_RESOURCE a score cannot be lowered, and then no pod starts at all.
  restrict_oom_score_adj = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = [${JSON.stringify(tools.cniFolder)}]
    conf_dir = ${JSON.stringify(writePodNetwork(node))}
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
      BinaryName = ${JSON.stringify(tools.runc)}
`,
  );
  return {
    name: `containerd-${node.name}`,
    network: node.name,
    command: [tools.containerd, '--config', config],
    env: [`PATH=${path.dirname(tools.shim)}:${process.env.PATH}`],
    log: path.join(layout.logs, `containerd-${node.name}.log`),
  };
}

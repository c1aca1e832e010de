import type { CommandEntry } from './run';

/** Every subcommand of `drydock`. Each is one file; a line here is what makes it known. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  cluster: {
    summary: 'Run a real Kubernetes cluster on this machine, without Docker.',
    load: async () => (await import('./cluster.js')).clusterCommand,
  },
};

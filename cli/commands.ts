import type { CommandEntry } from './run';

// Required and not imported: for an import Node reads a file twice, once to find its names.
const deploy = () => require('./deploy/commands') as typeof import('./deploy/commands');

/** Every subcommand of `drydock`. Each is one file; a line here is what makes it known. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  synth: {
    summary: 'Run the app of cdk8s.yaml; write plain manifests and Helm charts.',
    load: async () => (require('./synth') as typeof import('./synth')).synthCommand,
  },
  check: {
    summary: 'Find what will not run, or not for long, in manifests or a chart.',
    load: async () => (require('./check') as typeof import('./check')).checkCommand,
  },
  explain: {
    summary: 'Say what a value of a chart reaches, and which values reach an object.',
    load: async () => (require('./explain') as typeof import('./explain')).explainCommand,
  },
  diff: {
    summary: 'Say what apply would change in a cluster, field by field.',
    load: async () => deploy().diffCommand,
  },
  apply: {
    summary: 'Bring objects into a cluster as a release, wait, and prune what is no longer wanted.',
    load: async () => deploy().applyCommand,
  },
  status: {
    summary: 'Say whether the objects of a release are there and healthy.',
    load: async () => deploy().statusCommand,
  },
  verify: {
    summary: 'Hold what runs in a cluster against what was meant, and say where what is wrong comes from.',
    load: async () =>
      (require('./verify-installation') as typeof import('./verify-installation')).verifyCommand,
  },
  history: {
    summary: 'List the revisions of a release.',
    load: async () => deploy().historyCommand,
  },
  rollback: {
    summary: 'Apply an earlier revision of a release again.',
    load: async () => deploy().rollbackCommand,
  },
  delete: {
    summary: 'Delete all that a release has made.',
    load: async () => deploy().deleteCommand,
  },
  gitops: {
    summary: 'Follow folders of Git repositories, and keep a cluster as they say.',
    load: async () => (require('./gitops') as typeof import('./gitops')).gitopsCommand,
  },
  cluster: {
    summary: 'Run a real Kubernetes cluster on this machine, without Docker.',
    load: async () => (require('./cluster') as typeof import('./cluster')).clusterCommand,
  },
  sandbox: {
    summary: 'Run untrusted commands in sandboxes of a cluster.',
    load: async () => (require('./sandbox') as typeof import('./sandbox')).sandboxCommand,
  },
};

import type { CommandEntry } from './run';

/** Every subcommand of `drydock`. Each is one file; a line here is what makes it known. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  synth: {
    summary: 'Run the app of cdk8s.yaml; write plain manifests and Helm charts.',
    load: async () => (await import('./synth.js')).synthCommand,
  },
  check: {
    summary: 'Find what will not run, or not for long, in manifests or a chart.',
    load: async () => (await import('./check.js')).checkCommand,
  },
  explain: {
    summary: 'Say what a value of a chart reaches, and which values reach an object.',
    load: async () => (await import('./explain.js')).explainCommand,
  },
  diff: {
    summary: 'Say what apply would change in a cluster, field by field.',
    load: async () => (await import('./deploy/diff.js')).diffCommand,
  },
  apply: {
    summary: 'Bring objects into a cluster as a release, wait, and prune what is no longer wanted.',
    load: async () => (await import('./deploy/apply.js')).applyCommand,
  },
  status: {
    summary: 'Say whether the objects of a release are there and healthy.',
    load: async () => (await import('./deploy/status.js')).statusCommand,
  },
  verify: {
    summary: 'Hold what runs in a cluster against what was meant, and say where what is wrong comes from.',
    load: async () => (await import('./verify-installation.js')).verifyCommand,
  },
  history: {
    summary: 'List the revisions of a release.',
    load: async () => (await import('./deploy/history.js')).historyCommand,
  },
  rollback: {
    summary: 'Apply an earlier revision of a release again.',
    load: async () => (await import('./deploy/rollback.js')).rollbackCommand,
  },
  delete: {
    summary: 'Delete all that a release has made.',
    load: async () => (await import('./deploy/delete.js')).deleteCommand,
  },
  cluster: {
    summary: 'Run a real Kubernetes cluster on this machine, without Docker.',
    load: async () => (await import('./cluster.js')).clusterCommand,
  },
  sandbox: {
    summary: 'Run untrusted commands in sandboxes of a cluster.',
    load: async () => (await import('./sandbox.js')).sandboxCommand,
  },
};

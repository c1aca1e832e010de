// Not by the door: charts have this file, and have no use for a client.
import { type KubeObject, resource } from '../../kube/resource';
import { BRANCH_PATTERN, PATH_PATTERN, URL_PATTERN } from '../source/git-url';
import { conditions } from './conditions';
import { API_VERSION, definition } from './definition';
import { destination, MOST_ENTRIES } from './destination';
import { DNS_NAME, duration } from './fields';
import { closedGate } from './gate';
import { policy } from './policy';
import { render } from './render';
import { rolledBack } from './rolled-back';
import { count, flag, list, object, oneOf, text, type ValueOf } from './schema';

const source = object('Where the manifests come from.', {
  required: {
    url: text('An https or ssh address of a repository, without credentials.', {
      maxLength: 2048,
      pattern: URL_PATTERN,
      rules: [
        {
          rule: "(self.startsWith('ssh://') || !self.contains('@')) && !self.contains('..')",
          message: 'put credentials into a Secret and name it as `secret`; leave out `..`',
        },
      ],
    }),
  },
  optional: {
    type: oneOf(
      'What kind of repository it is. A bookmark of jj is followed by the Git remote that it is pushed to.',
      ['git', 'jj'],
      { default: 'git' },
    ),
    branch: text('The branch that is followed.', {
      ...{ maxLength: 200, minLength: 1, pattern: BRANCH_PATTERN, default: 'main' },
      rules: [
        {
          rule: "!self.contains('..') && !self.endsWith('.') && !self.endsWith('.lock')",
          message: 'name a branch that git takes, such as `main` or `release/1.4`',
        },
      ],
    }),
    path: text('The folder whose manifests are applied, from the root of the repository.', {
      ...{ maxLength: 1024, pattern: PATH_PATTERN, default: '' },
      rules: [
        {
          rule: "!self.split('/').exists(part, part == '..' || (part == '.' && self != '.'))",
          message: 'name a folder of the repository, such as `apps/shop`, without `.` and `..`',
        },
      ],
    }),
    secret: text(
      'A Secret in the namespace of the Application, with `username` and `password`, and `ca.crt` for an authority of your own; for ssh with `ssh-privatekey` and `known_hosts`.',
      { maxLength: 253, minLength: 1, pattern: DNS_NAME },
    ),
  },
});

const sync = object(
  'When and how it is applied.',
  {
    required: {},
    optional: {
      auto: flag(
        'Applies each new commit by itself. Otherwise what would change is told, and applied once the annotation `ajj.io/sync` names the commit.',
        { default: true },
      ),
      interval: duration('How often the repository is asked, and the cluster looked at.', '30s', '1s', '24h'),
      timeout: duration('The longest that objects may take to become healthy.', '5m', '1s', '2h'),
      prune: flag(
        'Deletes objects that are no longer in the repository, and all of them when the Application is deleted.',
        { default: true },
      ),
      allowPrune: flag(
        'Also when these are more than three objects and a quarter of all: more often than not a commit that was not meant.',
        { default: false },
      ),
      rollback: flag(
        'Puts back what was healthy last, where a commit cannot be applied whole or does not become healthy in time. It is tried again with another content of the folder, or when the Application is changed.',
        { default: false },
      ),
      adopt: flag('Takes over objects that are there already and that no Application or release has.', {
        default: false,
      }),
      allowPruneOf: list(
        'Namespaces, CustomResourceDefinitions, volumes and claims that may be deleted.',
        text('KIND/NAME, such as `Namespace/shop`.', {
          maxLength: 320,
          pattern: '^[A-Za-z]+/[a-z0-9][a-z0-9.-]*$',
        }),
        { maxItems: 64 },
      ),
    },
  },
  { default: {} },
);

const spec = object('What is wanted.', {
  required: { source },
  optional: {
    render,
    destination,
    sync,
    policy,
    dependsOn: list(
      'Applications of the same namespace that have to be healthy before a commit is applied.',
      text('The name of an Application.', { maxLength: 253, minLength: 1, pattern: DNS_NAME }),
      { maxItems: 32 },
    ),
    serviceAccount: text(
      'The account, in the namespace of the Application, in whose name the objects are applied: it can do no more than that one may. Without it: the account of the controller, where that is allowed.',
      { maxLength: 63, minLength: 1, pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$' },
    ),
  },
});

const revision = (doc: string) => text(doc, { maxLength: 128 });

const change = (doc: string) => text(doc, { maxLength: 64 });

const entry = object('A commit that was tried.', {
  required: {
    revision: revision('Its id.'),
    at: text('When.', { maxLength: 64, format: 'date-time' }),
    outcome: oneOf('What became of it.', ['Applied', 'Degraded', 'Failed', 'Superseded', 'RolledBack']),
  },
  optional: {
    message: text('What was told.', { maxLength: 1024 }),
    change: change('The change of jj that it is a version of.'),
  },
});

const phase = oneOf('In one word.', ['Pending', 'Syncing', 'Healthy', 'Degraded', 'Failed']);
const synced = oneOf('Whether the cluster has what the branch says.', ['Synced', 'OutOfSync', 'Unknown']);
const health = oneOf('How the objects are.', ['Healthy', 'Progressing', 'Degraded', 'Unknown']);

const inCluster = object('How it is in one cluster.', {
  required: { name: text('The Cluster.', { maxLength: 253 }), phase, sync: synced, health },
  optional: {
    reason: text('One word, for programs.', { maxLength: 1024 }),
    message: text('What there is to know or to do.', { maxLength: 2_048 }),
    revision: revision('The commit that was last applied whole there.'),
    tree: text('The id of the folder in that commit.', { maxLength: 128 }),
    inventory: count('How many objects are remembered there.', { minimum: 0 }),
    since: text('Since when it is healthy with this folder.', { maxLength: 64, format: 'date-time' }),
    rolledBack,
  },
});

const status = object('What was found and done.', {
  required: {},
  optional: {
    observedGeneration: count('The generation of the Application that this is said of.'),
    ...{ phase, sync: synced, health },
    message: text('What there is to know or to do.', { maxLength: 32_768 }),
    lastAttemptedRevision: revision('The commit that was tried last, or that waits to be allowed.'),
    lastAppliedRevision: revision('The commit that was last applied whole.'),
    lastAttemptedChange: change('The change of jj that the commit is a version of that was tried last.'),
    lastAppliedChange: change('That of the commit that was last applied whole.'),
    lastAppliedTree: text('The id of the folder in that commit: it says its content.', { maxLength: 128 }),
    inventory: count('How many objects are remembered.', { minimum: 0 }),
    release: text('The release of `drydock status` and its kin in the destination namespace.', {
      maxLength: 63,
    }),
    clusters: list(
      'By cluster, of an Application that names or selects them; also of those that are no longer meant, until nothing of it is there.',
      inCluster,
      { maxItems: MOST_ENTRIES, mapKey: 'name' },
    ),
    rolledBack,
    gate: closedGate,
    history: list('The last five commits that were tried, the newest first.', entry, { maxItems: 5 }),
    conditions,
  },
});

/**
 * What is wanted.
 *
 * @example
 * const spec: ApplicationSpec = { source: { url: 'https://git.example.com/team/shop.git' }, sync: { interval: '1m' } };
 */
export type ApplicationSpec = ValueOf<typeof spec>;
/**
 * What was found and done.
 *
 * @example
 * const isWell = ({ phase, sync }: ApplicationStatus) => phase === 'Healthy' && sync === 'Synced';
 */
export type ApplicationStatus = ValueOf<typeof status>;
export type InCluster = ValueOf<typeof inCluster>;
export type HistoryEntry = ValueOf<typeof entry>;

/**
 * An Application: a folder of a branch that is brought into a cluster and kept there.
 *
 * @example
 * function revisionOf({ status }: Application): string {
 *   return status?.lastAppliedRevision ?? 'none';
 * }
 */
export interface Application extends KubeObject {
  readonly spec: ApplicationSpec;
  readonly status?: ApplicationStatus;
}

/**
 * Where Applications are, for the calls and watches of `cdk8s-drydock/controller`.
 *
 * @example
 * console.log(applications.apiVersion, applications.plural);
 */
export const applications = resource<Application>(API_VERSION, 'Application', {
  plural: 'applications',
  namespaced: true,
});

export const applicationDefinition = definition({
  ...{ kind: 'Application', plural: 'applications', shortNames: ['ajjapp'], scope: 'Namespaced' },
  doc: 'A folder of a branch that is brought into a cluster and kept there.',
  ...{ spec, status },
  columns: [
    { name: 'Phase', jsonPath: '.status.phase' },
    { name: 'Sync', jsonPath: '.status.sync' },
    { name: 'Health', jsonPath: '.status.health' },
    { name: 'Objects', jsonPath: '.status.inventory', type: 'integer' },
    { name: 'Revision', jsonPath: '.status.lastAppliedRevision', wide: true },
    { name: 'Message', jsonPath: '.status.message', wide: true },
  ],
});

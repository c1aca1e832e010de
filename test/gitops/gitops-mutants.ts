import type { Mutation } from '../laws/fresh-modules';

/** A fault planted into the controller, which the law of convergence has to see. */
export interface GitopsMutant extends Mutation {
  readonly title: string;
  /** It takes many schedules or a long wait to see it, so the page of evidence alone asks for it. */
  readonly isRare: boolean;
}

const RARE = [
  'a wait for health holds up the commit that mends it',
  'an empty folder deletes all',
  'what could not be deleted is forgotten',
  'the deletion of what was never applied does not end',
  'what was wrong with a commit is said of the one that is put back',
  'a deletion does not wait for a cluster that is away',
  'a cluster that is away when it is no longer meant is forgotten',
  'a cluster that waits to be emptied is forgotten',
  'where all is quiet no cluster is emptied',
  'a selector that matches nothing empties all clusters',
];

const inFile =
  (file: string) =>
  (title: string, from: string, to: string): GitopsMutant => ({
    ...{ file: `${file}.ts`, title, from, to },
    isRare: RARE.includes(title),
  });

const syncer = inFile('gitops/sync/syncer');
const targets = inFile('gitops/sync/targets');
const merged = inFile('gitops/sync/merged-verdict');
const settled = inFile('gitops/sync/settled');
const own = inFile('gitops/sync/own-writes');
const settings = inFile('gitops/sync/settings');
const leaving = inFile('gitops/sync/leaving');
const inCluster = inFile('gitops/sync/in-cluster');
const drift = inFile('gitops/sync/drift');
const links = inFile('gitops/clusters/links');
const applySet = inFile('deploy/run/apply-set');
const makePlan = inFile('deploy/plan/make-plan');

/** What peers are known for first. */
export const gitopsMutants: readonly GitopsMutant[] = [
  makePlan(
    'an empty folder deletes all',
    'if (given.length === 0) problems.push(emptySet(release.name));',
    '',
  ),
  settled(
    'an old commit is taken for the new one',
    'if (quiet?.tree.id !== tree.id) return undefined;',
    'if (!quiet) return undefined;',
  ),
  applySet(
    'what could not be deleted is forgotten',
    'const left = union(before.inventory, entries).filter',
    'const left = entries.filter',
  ),
  inCluster(
    'the deletion of what was never applied does not end',
    'if (!isUnknown(error)) throw error;\n  }\n}\n\n/** Whether a cluster that is no longer',
    'throw error;\n  }\n}\n\n/** Whether a cluster that is no longer',
  ),
  syncer(
    'a wait for health holds up the commit that mends it',
    '() => mayApply && newer.abort()',
    '() => false',
  ),
  settings('what a commit no longer has stays', 'prune: sync.prune ?? true,', 'prune: false,'),
  settings('objects of others are taken over', 'adopt: sync.adopt ?? false,', 'adopt: true,'),
  inCluster(
    'what somebody has edited is not put right',
    'const how = { ...run.settings, from, forceConflicts: true };',
    'const how = { ...run.settings, from };',
  ),
  settled('a change that watches tell of is not looked at', 'else this.unsettle(key);', ''),
  own(
    'what comes after our own write is taken for it',
    '!isGone && !isNewer(resourceVersion, ours)',
    '!isGone',
  ),
  own(
    'the deletion of what was written is taken for ours',
    '!isGone && !isNewer(resourceVersion, ours)',
    '!isNewer(resourceVersion, ours)',
  ),
  drift(
    'a deletion is not told',
    'this.#told.changed(key, {',
    "if (type !== 'deleted') this.#told.changed(key, {",
  ),
  syncer(
    'what was wrong with a commit is said of the one that is put back',
    'for (const { key } of open) this.#settled.unsettle(key);',
    '',
  ),
  syncer(
    'a deletion asks no cluster',
    'const left = await all(leaving.map((target) => leave(run, target, how)));\n      const clusters',
    'const left: (undefined | { name: string })[] = [];\n      const clusters',
  ),
  syncer(
    'a deletion does not wait for a cluster that is away',
    'if (clusters.length > 0) {',
    'if (clusters.length > 9) {',
  ),
  leaving(
    'a cluster that is away when it is no longer meant is forgotten',
    'if (target.cluster === undefined) throw error;',
    'if (target.cluster !== undefined) return undefined;',
  ),
  leaving('a cluster that is no longer meant is not emptied', 'await deleteAll(run, place);', ''),
  syncer(
    'a cluster that waits to be emptied is forgotten',
    'mergedVerdict(tree, verdicts, leaving.map(waitsForOthers))',
    'mergedVerdict(tree, verdicts, [])',
  ),
  syncer(
    'where all is quiet no cluster is emptied',
    'if (leaving.length + forgotten.length > 0) return undefined;',
    '',
  ),
  targets(
    'a selector that matches nothing empties all clusters',
    'if (names.length === 0) {',
    'if (names.length < 0) {',
  ),
  targets(
    'labels are not looked at',
    '.filter(({ metadata }) => selects(clusterSelector ?? {}, metadata.labels))',
    '',
  ),
  targets(
    'a cluster that is no longer meant is not looked for',
    'leaving: others.filter((name) => !forget.has(name))',
    'leaving: others.filter((name) => forget.has(name))',
  ),
  syncer(
    'where something is going to be is not said before',
    'await run.teller.say(hasClusters(app) ? { ...verdict, clusters } : verdict);',
    'await run.teller.say(verdict);',
  ),
  syncer(
    'with a new cluster the others are forgotten',
    'const clusters = [...(before?.clusters ?? []), ...added];',
    'const clusters = added;',
  ),
  merged(
    'it is synced where one cluster is',
    "const isEverywhere = verdicts.every(({ sync, applied }) => sync === 'Synced' && applied?.id === tree.id);",
    "const isEverywhere = verdicts.some(({ sync, applied }) => sync === 'Synced' && applied?.id === tree.id);",
  ),
  merged(
    'the best cluster speaks for all',
    "['stalled', 'failed', 'working', 'ready'];",
    "['ready', 'working', 'failed', 'stalled'];",
  ),
  links(
    'credentials that have changed are not used',
    'if (entry.held?.from === from) return entry.held.connection;',
    'if (entry.held) return entry.held.connection;',
  ),
  links(
    'a cluster that was away once is away for good',
    'if (known?.of === of && (known.isPending || now - known.at <= maxAgeMs)) return known.answer;',
    'if (known?.of === of) return known.answer;',
  ),
  links(
    'all clusters share one connection',
    'const key = clusterKey(cluster);\n    const entry = all.get(key)',
    "const key = cluster.metadata.namespace ?? '';\n    const entry = all.get(key)",
  ),
];

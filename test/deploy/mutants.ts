// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of source, in which templates stand
import { inFile, type Planted } from '../laws/fresh-modules';

const applySet = inFile('deploy/run/apply-set.ts');
const pruning = inFile('deploy/run/prune.ts');
const removal = inFile('deploy/plan/plan-removal.ts');
const writing = inFile('deploy/plan/plan-write.ts');
const store = inFile('deploy/inventory/release-store.ts');
const blobs = inFile('deploy/inventory/blobs.ts');
const makePlan = inFile('deploy/plan/make-plan.ts');
const owners = inFile('deploy/plan/owners.ts');
const compared = inFile('deploy/plan/differences.ts');
const writeSet = inFile('deploy/run/write-set.ts');
const digest = inFile('deploy/plan/digest.ts');
const deletion = inFile('deploy/run/delete-object.ts');

export const mutants: readonly Planted[] = [
  applySet(
    'the inventory is written only after the objects',
    'inventory: union(inventory, full.entries),',
    'inventory,',
  ),
  applySet(
    'the new inventory replaces the old one before the pruning',
    'inventory: union(inventory, full.entries),',
    'inventory: full.entries,',
  ),
  applySet(
    'what was kept is forgotten at the end',
    'const left = union(before.inventory, entries).filter((entry) => !gone.has(keyOf(entry)));',
    'const left = entries.filter((entry) => !gone.has(keyOf(entry)));',
  ),
  applySet(
    'what was asked to be deleted counts as gone, also when it failed',
    'const gone = goneIn(outcomes);',
    "const gone = new Set(full.plan.objects.filter(({ action }) => action === 'prune').map(keyOf));",
  ),
  applySet(
    'nothing is done when the last run was good, whatever has changed',
    'return !changesAnything(full.plan) && isKnown',
    'return isKnown',
  ),
  applySet(
    'an apply without a change writes a revision',
    'if (isDone(plan, remembered)) return',
    'if (plan.writes.length < 0) return',
  ),
  applySet(
    'after a failed write objects are pruned, and what is there is taken for the whole',
    'inventory, revisions });\n    await this.#store.sweep();',
    'inventory: full.entries, revisions });\n    await this.#store.sweep();',
  ),
  pruning(
    'the label is not looked at before a deletion',
    "if (!isStillOurs(release, live)) return 'forgotten';",
    '',
  ),
  pruning(
    'what is only asked to go is gone',
    "result === 'pruned' || result === 'forgotten'",
    "result === 'pruned' || result === 'forgotten' || result === 'failed'",
  ),
  removal(
    'the plan does not look whose an object is',
    'live.metadata.labels?.[PART_OF] === release.id && isManagedByUs(live)',
    'live.metadata.uid !== undefined',
  ),
  removal('an annotation keeps nothing', "?.[KEEP_ANNOTATION] === 'keep'", "?.[KEEP_ANNOTATION] === 'kept'"),
  removal('nothing is precious', '!mayPrune(entry, allowPruneOf)', '!mayPrune(entry, [kindAndName(entry)])'),
  removal(
    'what is missing for a moment is kept for ever',
    "if (!live) return plan('forget', 'it is gone already');",
    "if (!live) return plan('keep', 'it is gone already');",
  ),
  writing('objects get no label', '[PART_OF]: release.id }', '[PART_OF]: undefined as never }'),
  writing(
    'a field that we only share is no change',
    'isDeepStrictEqual(ourFields(live), ourFields(answer))',
    'true',
  ),
  writing('the dry-run is a run', '{ dryRun: true, force }', '{ force }'),
  writing(
    'what is tried in vain is taken for new',
    'if (first.answer && !first.answer.metadata.resourceVersion)',
    'if (!first.answer?.metadata.resourceVersion)',
  ),
  store('a union forgets the older half', '[...one, ...other].map', '[...other].map'),
  store(
    'the blobs of the inventory are swept',
    'return new Set([...inventory, ...revisions.flatMap(({ blobs }) => blobs)]);',
    'return new Set(revisions.flatMap(({ blobs }) => [...blobs, ...inventory.slice(1)]));',
  ),
  blobs(
    'what lies in the namespace with our label is swept, the parent too',
    'metadata.name.startsWith(`${parent}.`) && !named.has(metadata.name)',
    '!named.has(metadata.name)',
  ),
  makePlan(
    'objects are pruned that the set has in another namespace',
    'return inventory.filter((entry) => !wanted.has(keyOf(entry)));',
    'return inventory.filter((entry) => ![...wanted].some((key) => key.endsWith(`/${entry.name}`)));',
  ),
  makePlan(
    'what a guard keeps is forgotten',
    "['prune', 'keep'].includes(action)",
    "['prune'].includes(action)",
  ),
  owners(
    'an object is ours when anybody manages it',
    'return ourFields(live) !== undefined;',
    'return live.metadata.managedFields !== undefined;',
  ),
  compared(
    'lists in another order are equal',
    'if (isDeepStrictEqual(before, after)) return [];',
    'if (String(before) === String(after)) return [];',
  ),
  writeSet(
    'a failed object is told as applied',
    "return { ...bareRef(write.planned), result: 'failed', error };",
    "return { ...bareRef(write.planned), result: 'applied' };",
  ),
  writeSet(
    'what need not change is skipped for good',
    "if (planned.action === 'unchanged')",
    "if (planned.action === 'unchanged' || planned.action === 'adopt')",
  ),
  writeSet(
    'an object is made anew without deleting the old one',
    "if (planned.action === 'recreate')",
    'if (false as boolean)',
  ),
  digest(
    'a digest does not know what is wanted',
    'inOneOrder({ ...desired, metadata })',
    'inOneOrder(desired.kind)',
  ),
  digest('a digest does not know what is there', 'ours, left]', 'ours]'),
  digest(
    'a digest leaves out what has no owner',
    'let left: unknown = content;',
    'let left: unknown = { ...content, defaulted: 0, metadata: {} };',
  ),
  makePlan(
    'an object that has a digest is taken for unchanged',
    'digest !== undefined && digest === proofOf(release, member, live, text)',
    'digest !== undefined && !live.metadata.deletionTimestamp',
  ),
  applySet(
    'what has failed gets a digest too',
    'const digest = is && isWell.has(key) && proofOf',
    'const digest = is && proofOf',
  ),
  applySet(
    'a run that took over from a paused one fences nothing off',
    'if (tookOver) await fenceOff(',
    'if (tookOver as false) await (async (..._all: unknown[]) => {})(',
  ),
  applySet(
    'what a paused run was about to make is forgotten by the one that took over',
    'this.#tookOver ? [] : forgottenIn(full)',
    'forgottenIn(full)',
  ),
  writeSet(
    'a write of a paused run does not name the version that it has seen',
    'const metadata = { ...desired.metadata, resourceVersion };',
    'const metadata = desired.metadata;',
  ),
  deletion('no reason is looked at', 'if (reason !== undefined) return reason;', ''),
];

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of source, in which templates stand
import { inFile, type Planted } from '../laws/fresh-modules';

const changes = inFile('sandbox/pool/changes.ts');
const claim = inFile('sandbox/pool/claim-member.ts');
const claims = inFile('sandbox/pool/pool-claims.ts');
const keeper = inFile('sandbox/pool/keeper.ts');
const member = inFile('sandbox/pool/member.ts');
const settle = inFile('sandbox/pool/settle.ts');

export const mutants: readonly Planted[] = [
  changes(
    'the claim does not test that it is this very Job',
    "    ...isStillWarm(job),\n    { op: 'test', path: label(POOL_MARKS.id)",
    "    ...isStillWarm(job).slice(1),\n    { op: 'test', path: label(POOL_MARKS.id)",
  ),
  changes(
    'the claim does not test that nobody else has it',
    "    ...isStillWarm(job),\n    { op: 'test', path: label(POOL_MARKS.id)",
    "    ...isStillWarm(job).slice(0, 1),\n    { op: 'test', path: label(POOL_MARKS.id)",
  ),
  changes(
    'the claim does not test the pool',
    "    { op: 'test', path: label(POOL_MARKS.id), value: marks.pool },\n",
    '',
  ),
  changes(
    'the claim does not test that there is a pod',
    "    { op: 'test', path: '/status/active', value: 1 },\n",
    '',
  ),
  changes(
    'the claim does not test that it is not being deleted',
    "    { op: 'test', path: '/metadata/deletionTimestamp', value: null },\n",
    '',
  ),
  changes(
    'the claim leaves the idle limit as the deadline',
    "    { op: 'replace', path: '/spec/activeDeadlineSeconds', value: marks.deadlineSeconds },\n",
    '',
  ),
  changes(
    'a member is retired whether it is claimed or not',
    'return [...isStillWarm(job), { op:',
    'return [...isStillWarm(job).slice(0, 1), { op:',
  ),
  changes(
    'another Job of the same name is retired',
    'return [...isStillWarm(job), { op:',
    'return [...isStillWarm(job).slice(1), { op:',
  ),
  claim(
    'the nonce is not compared',
    "stateOf(found) !== 'warm';\n    return",
    "stateOf(found) !== 'warm';\n    if (found) return { is: 'ours', job: found };\n    return",
  ),
  claim(
    'a lost answer is taken for a success',
    "if (why !== 'lost') return",
    "if (why === 'lost') return { is: 'ours', job };\n    if (why) return",
  ),
  claim(
    'a lost answer is taken for a refusal',
    "    if (why !== 'lost') return { is: 'not ours', why, nonce };",
    "    return { is: 'not ours', why: why === 'lost' ? 'notNow' : why, nonce };",
  ),
  claim('the deadline is counted from the claim', 'ageSeconds(job, api.now()) + ttl', 'ttl'),
  claim(
    'the deadline is counted by the clock of this machine',
    'ageSeconds(job, api.now())',
    'ageSeconds(job, api.now() - 45_000)',
  ),
  claim(
    'a call has no time limit',
    "if (leftMs() <= 0) return { is: 'unclear', nonce };",
    'await new Promise(() => {});',
  ),
  claims('a stream whose pod is gone is given out', 'if (line && !line.isLost) return', 'if (line) return'),
  claims(
    'what may be claimed in our name is left to itself',
    'if (isOver) this.#undo(slot, claimant, tried.nonce);',
    'if (isOver) keeper.free(slot);',
  ),
  claims(
    'a refusal is believed, though the request may have come twice',
    "else if (tried.why === 'refused') this.#settle(removeIfOurs(world, job, { owner, nonce }, stopped));",
    '',
  ),
  claims(
    'what was asked for is not compared with what the pool has',
    "if (poolOf(planned) !== pool) return { miss: 'values' };",
    '',
  ),
  claims(
    'a claim goes on for as long as there are members',
    'WITHIN_MS - began.atMostMsAgo()',
    'WITHIN_MS * 10',
  ),
  keeper(
    'a place is free while it is not known whether its member is there',
    '      if (found === undefined && !mayCome) return undefined;',
    '      if (found === undefined) return undefined;',
  ),
  keeper(
    'a lost answer to a creation is taken for a failure',
    "const mayBeThere = why === 'lost' ||",
    'const mayBeThere = ',
  ),
  keeper(
    'a creation that was doubled is taken for a failure',
    "|| (error instanceof KubeError && error.code === 'ALREADY_EXISTS')",
    '',
  ),
  keeper(
    'a place is free as soon as its member is to leave',
    '    const { job } = slot;\n    const left',
    '    const { job } = slot;\n    this.free(slot);\n    const left',
  ),
  keeper('a rest is never over', '      this.#fill();\n    });\n  }\n}', '    });\n  }\n}'),
  keeper('the share is not counted', 'this.options.share - this.#slots.size', 'this.options.share'),
  keeper('what was retired is not deleted', "    if (left?.is === 'retired') await this.#remove(job);", ''),
  keeper(
    'a member stays beyond its idle limit',
    "if (ageSeconds(slot.job!, api.now()) > idle) return this.retire(slot, 'idle');",
    '',
  ),
  member('the deadline of the pod is not looked at', ' && age + ttl <= podSeconds', ''),
  settle(
    'what is to be retired is deleted at once',
    'await api.patch(name, retirePatch(job), CALL_MS);',
    'await api.remove(name, uid, CALL_MS);',
  ),
  settle(
    'what was retired with a lost answer is taken for claimed',
    "if (state === 'claimed') return",
    'if (state) return',
  ),
  settle(
    'what another has claimed is undone',
    "if (left?.is === 'claimed' && !isClaimedBy(left.job, owner, nonce)) return true;",
    '',
  ),
  settle(
    'what we have claimed without knowing is left',
    "  if (left && left.is !== 'gone') await removeSurely",
    "  if (left && left.is === 'retired') await removeSurely",
  ),
];

import { causeIn } from './claim-news';
import type { SandboxClaim } from './kinds';

const claim = (reason: string, message = 'in its words', status = 'False') =>
  ({ status: { conditions: [{ type: 'Ready', status, reason, message }] } }) as unknown as SandboxClaim;

test.each<[string, SandboxClaim, string]>([
  ['that has expired', claim('ClaimExpired'), 'DeadlineExceeded'],
  ['whose Sandbox has expired', claim('SandboxExpired'), 'DeadlineExceeded'],
  [
    'whose pod has no room',
    claim('ReconcilerError', 'exceeded quota: boxes, requested: pods=1'),
    'QuotaExceeded',
  ],
  ['that is not carried out', claim('InvalidMetadata'), 'StartFailed'],
])('of a claim %s the cause is told', (_, given, code) => {
  expect(causeIn(given)).toMatchObject({ code });
});

test.each<[string, SandboxClaim]>([
  ['that waits for its pod', claim('DependenciesNotReady')],
  ['whose last try was too late', claim('ReconcilerError', 'the object has been modified')],
  ['that is ready', claim('ClaimExpired', '', 'True')],
  ['that nothing was said of', {} as SandboxClaim],
])('a claim %s goes on', (_, given) => {
  expect(causeIn(given)).toBeUndefined();
});

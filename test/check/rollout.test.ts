import { check } from '../../check';
import { objectsOf } from '../support/one-service';

const delivery = { canary: { steps: [{ setWeight: 25 }, { pause: {} }] } };
const rulesOf = (more: object) => check(objectsOf(more)).map(({ rule }) => rule);

test('the pods of a Rollout are looked at as those of a Deployment are', () => {
  const asRoot = { allowRoot: true, user: 0 };
  expect(rulesOf({ delivery, ...asRoot })).toEqual(rulesOf(asRoot));
  expect(rulesOf({ delivery, ...asRoot })).toContain('pod-security');
  expect(rulesOf({ delivery })).toEqual(rulesOf({}));
});

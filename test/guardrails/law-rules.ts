import type { Predicate } from '../../guardrails';
import {
  allOf,
  anyOf,
  checkRules,
  field,
  type Guardrail,
  not,
  objectField,
  podField,
} from '../../guardrails';

const about = { why: 'It is a law.', fix: 'Keep it.' };
const ofContainer = (id: string, holds: Predicate): Guardrail => ({ id, of: 'container', holds, ...about });
const ofPod = (id: string, holds: Predicate): Guardrail => ({ id, of: 'pod', holds, ...about });
const ofObject = (id: string, kinds: readonly string[], holds: Predicate): Guardrail => ({
  ...{ id, of: 'object', kinds, holds, ...about },
});

const runsAsNonRoot = (one: ReturnType<typeof field>) => one.equals(true);

/** Every word of a predicate, on every kind of item, where things are there and where they are not. */
export const LAW_RULES: readonly Guardrail[] = [
  ...Object.values(checkRules),
  ofContainer('memory-limit', field('resources', 'limits', 'memory').isThere()),
  ofContainer('memory-most', field('resources', 'limits', 'memory').amount('atMost', '1Gi')),
  ofContainer('cpu-least', field('resources', 'requests', 'cpu').amount('atLeast', '100m')),
  ofContainer('registry', field('image').matches('^registry\\.example\\.com/[a-z]+(:[a-z0-9.]+)?$')),
  ofContainer(
    'non-root',
    anyOf(
      runsAsNonRoot(field('securityContext', 'runAsNonRoot')),
      allOf(
        not(field('securityContext', 'runAsNonRoot').isThere()),
        runsAsNonRoot(podField('spec', 'securityContext', 'runAsNonRoot')),
      ),
    ),
  ),
  ofContainer('team-of-containers', objectField('metadata', 'labels', 'team').isThere()),
  ofContainer('pull-policy', field('imagePullPolicy').isOneOf(['IfNotPresent', 'Never'])),
  ofPod('own-network', not(field('spec', 'hostNetwork').equals(true))),
  ofPod('short-end', field('spec', 'terminationGracePeriodSeconds').atMost(30)),
  ofPod('restart', field('spec', 'restartPolicy').isOneOf(['Always', 'Never'])),
  ofPod('scratch', field('spec', 'volumes').some(field('emptyDir').isThere())),
  ofPod(
    'item-paths',
    field('spec', 'volumes').every(field('configMap', 'items').every(field('path').matches('^[a-z]+$'))),
  ),
  ofPod('pod-labels', field('metadata', 'labels').everyValue(field().matches('^[a-z]+$'))),
  ofObject('replicas', ['Deployment'], field('spec', 'replicas').atLeast(2)),
  ofObject('one-or-two', ['Deployment'], field('spec', 'replicas').isOneOf([1, 2])),
  ofObject(
    'team',
    ['Deployment', 'Service', 'Pod'],
    field('metadata', 'labels', 'team').matches('^[a-z]{2,8}$'),
  ),
  ofObject('high-ports', ['Service'], field('spec', 'ports').every(field('targetPort').atLeast(1024))),
  ofObject('owner', ['ConfigMap'], field('metadata', 'annotations', 'example.com/owner').equals("o'n\\e")),
  ofObject('mode', ['ConfigMap'], not(field('data', 'mode').isOneOf(['debug', 'trace']))),
];

/** A mistake in what is printed, that the law has to see. */
export interface Mutant {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

export const MUTANTS: readonly Mutant[] = [
  { rule: 'memory-limit', from: '.all(c,', to: '.exists(c,' },
  { rule: 'memory-most', from: '<= 0', to: '< 0' },
  { rule: 'memory-most', from: 'orValue(false)', to: 'orValue(true)' },
  { rule: 'cpu-least', from: '>= 0', to: '> 0' },
  { rule: 'cpu-least', from: "'100m'", to: "'1000m'" },
  { rule: 'registry', from: '^registry', to: 'registry' },
  { rule: 'registry', from: '\\\\.', to: '.' },
  { rule: 'non-root', from: 'orValue(false)) || (', to: 'orValue(false)) && (' },
  { rule: 'own-network', from: '!(variables', to: '(variables' },
  { rule: 'restart', from: "'Always', ", to: '' },
  { rule: 'scratch', from: '.exists(e0', to: '.all(e0' },
  { rule: 'item-paths', from: 'orValue(true)', to: 'orValue(false)' },
  { rule: 'duplicate-env', from: '== 1', to: '>= 1' },
  { rule: 'probe-port', from: 'type(v0) != string || ', to: '' },
  { rule: 'replicas', from: '>= 2', to: '> 2' },
  { rule: 'high-ports', from: '>= 1024', to: '> 8080' },
  { rule: 'team', from: "'Service'", to: "'Secret'" },
  { rule: 'mode', from: "'trace'", to: "'Trace'" },
];

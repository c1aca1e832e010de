import { NO_ZERO_LIMIT, PINNED, PROBES_HAVE_PORTS, VARIABLES_ONCE } from '../check/predicates/check-rules';
import type { Guardrail } from './rule';

/**
 * The rules of `drydock check` that one container can break alone, for a policy of the cluster. Those that need other objects
 * are asked at synthesis only. Pod Security needs no policy: label the namespace, and the API server enforces it.
 *
 * @example
 * new GuardrailPolicy(shop, 'platform', { name: 'platform', rules: Object.values(checkRules) });
 */
export const checkRules = {
  latestTag: {
    id: 'latest-tag',
    of: 'container',
    holds: PINNED,
    why: 'What the image is depends on the day, and on the node.',
    fix: 'Name a tag that does not move, or a digest.',
  },
  zeroLimit: {
    id: 'zero-limit',
    of: 'container',
    holds: NO_ZERO_LIMIT,
    why: 'A limit of zero is no limit: the container may use all that the node has.',
    fix: 'Set an amount above zero, or leave the limit out on purpose.',
  },
  duplicateEnv: {
    id: 'duplicate-env',
    of: 'container',
    holds: VARIABLES_ONCE,
    why: 'A variable is there twice; which of them wins depends on how it is applied.',
    fix: 'Remove one of them.',
  },
  probePort: {
    id: 'probe-port',
    of: 'container',
    holds: PROBES_HAVE_PORTS,
    why: 'A probe names a port that the container does not have, so it fails for ever.',
    fix: 'Name a port of the container.',
  },
} as const satisfies Readonly<Record<string, Guardrail>>;

import { allOf, anyOf, field, not, type Predicate } from './predicate';

/** The rules of `check` that look at one container alone, which the API server can decide as well. */

/** A digest, or a tag that is not `latest`. */
export const PINNED: Predicate = anyOf(
  field('image').matches('^[^\\n]*@sha256:[^\\n]*$'),
  allOf(field('image').matches('^[^\\n]*:[^/:\\n]+$'), not(field('image').matches('^[^\\n]*:latest$'))),
);

/** An amount that limits: the server reads zero as no limit. */
export const LIMITING: Predicate = not(field().amount('exactly', '0'));
export const NO_ZERO_LIMIT: Predicate = field('resources', 'limits').everyValue(LIMITING);

export const VARIABLES_ONCE: Predicate = field('env').differBy('name');

const HANDLERS = ['httpGet', 'tcpSocket'] as const;

/** The port that a probe names is one that the container has. */
export function probeHasPort(probe: string): Predicate {
  return allOf(...HANDLERS.map((kind) => field(probe, kind, 'port').isNamedIn(field('ports'), 'name')));
}

export const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
export const PROBES_HAVE_PORTS: Predicate = allOf(...PROBES.map(probeHasPort));

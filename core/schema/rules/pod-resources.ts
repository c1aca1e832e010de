import type { Container, PodSpec, Quantity } from '../../../imports/k8s';
import { describe } from '../fault';
import { quantityOf } from '../quantity';
import type { Walk } from '../walk';
import { type ObjectRule, rule } from './rule';

/** What a pod as a whole may use, beside what its containers say. */

const KNOWN = /^(cpu|memory|hugepages-.+)$/;
type Amounts = Readonly<Record<string, Quantity>>;

const amountsOfPod = rule<PodSpec>((spec, walk) => {
  const { requests, limits, claims } = spec.resources ?? {};
  for (const [part, amounts] of Object.entries({ requests, limits }))
    for (const name of Object.keys(amounts ?? {}))
      if (!KNOWN.test(name))
        walk.fault(['resources', part, name], {
          found: describe(name),
          expected: 'cpu or memory: of a pod as a whole there is nothing else',
          remedy: 'Say it of a container.',
        });
  if (claims?.length)
    walk.fault(['resources', 'claims'], { found: 'claims', expected: 'none of a pod as a whole' });
  containersFit(spec, (requests ?? {}) as Amounts, (limits ?? {}) as Amounts, walk);
});

function containersFit(spec: PodSpec, requests: Amounts, limits: Amounts, walk: Walk): void {
  for (const [name, request] of Object.entries(requests)) {
    const sum = sumOfRequests(spec, name);
    if (isMore(sum, quantityOf(request)))
      walk.fault(['resources', 'requests', name], {
        found: `${request}, less than its containers ask for together`,
        expected: 'as much at least',
        remedy: 'Raise it, or lower what the containers ask for.',
      });
    if (isMore(quantityOf(request), quantityOf(limits[name])))
      walk.fault(['resources', 'requests', name], {
        found: `${request}, more than the limit of ${limits[name]}`,
        expected: 'the limit at most',
      });
  }
  // Of containers that run first nothing is asked: their limit may be above that of the pod.
  for (const [index, { resources }] of (spec.containers ?? []).entries())
    for (const [name, limit] of Object.entries(resources?.limits ?? {}))
      if (isMore(quantityOf(limit), quantityOf(limits[name])))
        walk.fault(['containers', index, 'resources', 'limits', name], {
          found: `${limit}, more than the ${limits[name]} of the pod`,
          expected: 'the limit of the pod at most',
        });
}

/** What the scheduler counts: containers that run together, or the one that needs most before them. */
function sumOfRequests({ containers, initContainers }: PodSpec, name: string): number {
  const asked = (container: Container) => {
    const { requests, limits } = container.resources ?? {};
    return quantityOf(requests?.[name] ?? limits?.[name]) ?? 0;
  };
  const together = (containers ?? []).reduce((sum, one) => sum + asked(one), 0);
  let before = 0;
  let most = 0;
  for (const one of initContainers ?? []) {
    if (one.restartPolicy === 'Always') before += asked(one);
    most = Math.max(most, one.restartPolicy === 'Always' ? before : before + asked(one));
  }
  return Math.max(together + before, most);
}

/** Near the edge floating point may be wrong, and an invalid object is better than a false alarm. */
function isMore(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && one > other * (1 + 1e-9);
}

/** What the API server asks of the resources of a pod. */
export const podResourceRules: Readonly<Record<string, readonly ObjectRule[]>> = {
  PodSpec: [amountsOfPod],
};

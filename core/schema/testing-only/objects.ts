import { objectFaults } from '..';
import type { Fault } from '../fault';

/** Objects that the API server takes, with the part of them that a test is about. */

export type Part = Readonly<Record<string, unknown>>;

const labels = { app: 'web' };
export const selector = { matchLabels: labels };

export function object(apiVersion: string, kind: string, spec: Part, metadata: Part = {}): Part {
  return { apiVersion, kind, metadata: { name: 'web', ...metadata }, spec };
}

export function podTemplate(container: Part = {}, pod: Part = {}): Part {
  return {
    metadata: { labels },
    spec: { containers: [{ name: 'app', image: 'web:1', ...container }], ...pod },
  };
}

export function deployment(container: Part = {}, pod: Part = {}, spec: Part = {}): Part {
  return object('apps/v1', 'Deployment', { selector, template: podTemplate(container, pod), ...spec });
}

export function job(pod: Part, spec: Part = {}): Part {
  return object('batch/v1', 'Job', { template: podTemplate({}, pod), ...spec });
}

export function service(spec: Part): Part {
  return object('v1', 'Service', { selector: labels, ...spec });
}

export function ingressOf(spec: Part): Part {
  return object('networking.k8s.io/v1', 'Ingress', spec);
}

/** An Ingress with one path, and what the path leads to. */
export function ingressPath(
  path: Part,
  backend: Part = { service: { name: 'web', port: { number: 80 } } },
): Part {
  return ingressOf({
    rules: [{ host: 'a.example', http: { paths: [{ pathType: 'Prefix', backend, ...path }] } }],
  });
}

export function networkPolicy(egress: Part): Part {
  return object('networking.k8s.io/v1', 'NetworkPolicy', { podSelector: {}, egress: [egress] });
}

/** An object, what is wrong with it, and the nearest object that is right. */
export type Refusal = readonly [what: string, wrong: Part, right: Part, fault: Partial<Fault>];

/** The one fault of the wrong object says where, what was found, what belongs there and what to do; the right one has none. */
export function expectRefusal([, wrong, right, fault]: Refusal): void {
  const found = objectFaults(wrong as never);
  expect(found).toEqual([{ ...found[0], ...fault }]);
  expect(found).toEqual([
    {
      field: expect.any(String),
      found: expect.stringMatching(/\S/),
      expected: expect.stringMatching(/\S/),
      remedy: expect.stringMatching(/^[A-Z][\s\S]+\.$/),
    },
  ]);
  expect(objectFaults(right as never)).toEqual([]);
}

import { type Finding, nameOf } from '../finding';
import { containersOf, type Inventory, isSelected } from '../inventory';
import { type PodSecurityLevel, podSecurityViolations } from '../pod-security';

export function podSecurity({ pods }: Inventory, level: PodSecurityLevel): Finding[] {
  return pods.flatMap((one) =>
    podSecurityViolations(one, level).map(({ check, field }) => ({
      rule: 'pod-security' as const,
      object: nameOf(one.object),
      field,
      why: `A namespace that enforces Pod Security "${level}" refuses the pod (${check}).`,
      fix: `Change the field as the level ${level} wants it.`,
    })),
  );
}

export function selectorMismatch({ pods }: Inventory): Finding[] {
  return pods.flatMap(({ object, labels }) => {
    const selector = (object.spec as { readonly selector?: unknown } | undefined)?.selector;
    if (!selector || object.kind === 'Pod' || isSelected(labels, selector)) return [];
    return {
      rule: 'selector-mismatch' as const,
      object: nameOf(object),
      field: 'spec.selector',
      why: 'The selector does not match the labels of the pods that the object makes; the API server refuses it.',
      fix: 'Give the pod template the labels that the selector names.',
    };
  });
}

interface Probe {
  readonly [kind: string]: { readonly port?: number | string } | unknown;
}

export function probePort({ pods }: Inventory): Finding[] {
  return pods.flatMap((one) =>
    containersOf(one).flatMap(({ container, at }) =>
      ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((name) => {
        const probe = (container[name] ?? {}) as Probe;
        const [kind, asked] = Object.entries(probe).find(([key]) => /httpGet|tcpSocket|grpc/.test(key)) ?? [];
        const port = (asked as { readonly port?: number | string } | undefined)?.port;
        const ports = container.ports ?? [];
        const isKnown =
          typeof port === 'string'
            ? ports.some((declared) => declared.name === port)
            : ports.length === 0 || ports.some((declared) => declared.containerPort === port);
        if (port === undefined || isKnown) return [];
        return {
          rule: 'probe-port' as const,
          object: nameOf(one.object),
          field: `${at}.${name}.${kind}.port`,
          why: `The container has no port ${port}, so the probe fails for ever and the pod never gets a request.`,
          fix: 'Name a port of the container.',
        };
      }),
    ),
  );
}

export function duplicateEnv({ pods }: Inventory): Finding[] {
  return pods.flatMap((one) =>
    containersOf(one).flatMap(({ container, at }) => {
      const names = (container.env ?? []).map(({ name }) => name);
      return names.flatMap((name, index) =>
        names.indexOf(name) === index
          ? []
          : {
              rule: 'duplicate-env' as const,
              object: nameOf(one.object),
              field: `${at}.env[${index}]`,
              why: `${name} is there twice; the last one wins with kubectl create, server-side apply refuses both.`,
              fix: 'Remove one of them.',
            },
      );
    }),
  );
}

const SECRET_NAME = /(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)(_|$)/i;
const SECRET_URL = /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i;

export function secretInEnv({ pods }: Inventory): Finding[] {
  return pods.flatMap((one) =>
    containersOf(one).flatMap(({ container, at }) =>
      (container.env ?? []).flatMap(({ name = '', value }, index) =>
        value && (SECRET_NAME.test(name) || SECRET_URL.test(value))
          ? {
              rule: 'secret-in-env' as const,
              object: nameOf(one.object),
              field: `${at}.env[${index}].value`,
              why: `${name} looks like a secret, and everybody who may read the object reads it.`,
              fix: 'Put it into a Secret and name its key.',
            }
          : [],
      ),
    ),
  );
}

export function latestTag({ pods }: Inventory): Finding[] {
  return pods.flatMap((one) =>
    containersOf(one).flatMap(({ container, at }) =>
      isPinned(container.image ?? '')
        ? []
        : {
            rule: 'latest-tag' as const,
            object: nameOf(one.object),
            field: `${at}.image`,
            why: `What "${container.image}" is depends on the day, and on the node.`,
            fix: 'Name a tag that does not move, or a digest.',
          },
    ),
  );
}

function isPinned(image: string): boolean {
  if (image.includes('@sha256:')) return true;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag !== undefined && tag !== 'latest';
}

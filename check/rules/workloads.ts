import { about, type Finding } from '../finding';
import { containersOf, type Inventory } from '../inventory';
import { type PodSecurityLevel, podSecurityViolations } from '../pod-security';
import { LIMITING, PINNED, PROBES, probeHasPort, VARIABLES_ONCE } from '../predicates/check-rules';
import { decide } from '../predicates/decide';

export function podSecurity({ pods }: Inventory, level: PodSecurityLevel): Finding[] {
  return pods.flatMap((one) =>
    podSecurityViolations(one, level).map(({ check, field }) => ({
      rule: 'pod-security' as const,
      ...about(one.object),
      field,
      why: `A namespace that enforces Pod Security "${level}" refuses the pod (${check}).`,
      fix: `Change the field as the level ${level} wants it.`,
    })),
  );
}

interface Probe {
  readonly [kind: string]: { readonly port?: number | string } | unknown;
}

export function probePort({ pods }: Inventory): Finding[] {
  return pods.flatMap((one) =>
    containersOf(one).flatMap(({ container, at }) =>
      PROBES.flatMap((name) => {
        const probe = (container[name] ?? {}) as Probe;
        const [kind, asked] = Object.entries(probe).find(([key]) => /httpGet|tcpSocket|grpc/.test(key)) ?? [];
        const port = (asked as { readonly port?: number | string } | undefined)?.port;
        // A number reaches what listens, whether or not the container declares it.
        if (decide(probeHasPort(name), { item: container })) return [];
        return {
          rule: 'probe-port' as const,
          ...about(one.object),
          field: `${at}.${name}.${kind}.port`,
          why: `The container has no port of the name ${port}, so the probe fails for ever and the pod never gets a request.`,
          fix: 'Name a port of the container.',
        };
      }),
    ),
  );
}

export function duplicateEnv({ pods }: Inventory): Finding[] {
  return pods.flatMap((one) =>
    containersOf(one).flatMap(({ container, at }) => {
      if (decide(VARIABLES_ONCE, { item: container })) return [];
      const names = (container.env ?? []).map(({ name }) => name);
      return names.flatMap((name, index) =>
        names.indexOf(name) === index
          ? []
          : {
              rule: 'duplicate-env' as const,
              ...about(one.object),
              field: `${at}.env[${index}]`,
              why: `${name} is there twice; the last one wins with kubectl create, server-side apply refuses both.`,
              fix: 'Remove one of them.',
            },
      );
    }),
  );
}

const SECRET_NAME =
  /(^|_)(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)(_(?<what>\w+))?$/i;
/** What is said of a secret and is none: how long it lives, where it is, what it is called. */
const ABOUT_A_SECRET =
  /(^|_)(TTL|SECONDS|MINUTES|HOURS|DAYS|EXPIRY|EXPIRES|EXPIRATION|EXPIRES_IN|LIFETIME|TIMEOUT|INTERVAL|LENGTH|SIZE|MIN|MAX|COUNT|LIMIT|POLICY|URL|URI|ENDPOINT|HOST|PORT|FILE|PATH|DIR|NAME|NAMESPACE|ISSUER|AUDIENCE|TYPE|ALGORITHM|HEADER|PREFIX|ENABLED|DISABLED|REQUIRED)$/i;
const SECRET_URL = /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:(?<password>[^/\s@]+)@/i;
/** Names of other variables, of which the value itself says nothing. */
const REFERENCES_ONLY = /^(\$\([A-Za-z_][\w.-]*\))+$/;
const FLAG = /^(true|false|yes|no|on|off)$/i;

function looksSecret(name: string, value: string): boolean {
  const password = SECRET_URL.exec(value)?.groups?.password;
  if (password !== undefined) return !REFERENCES_ONLY.test(password);
  if (REFERENCES_ONLY.test(value) || FLAG.test(value)) return false;
  const named = SECRET_NAME.exec(name);
  return named !== null && !ABOUT_A_SECRET.test(named.groups?.what ?? '');
}

export function secretInEnv({ pods }: Inventory): Finding[] {
  return pods.flatMap((one) =>
    containersOf(one).flatMap(({ container, at }) =>
      (container.env ?? []).flatMap(({ name = '', value }, index) =>
        value && looksSecret(name, value)
          ? {
              rule: 'secret-in-env' as const,
              ...about(one.object),
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
      decide(PINNED, { item: container })
        ? []
        : {
            rule: 'latest-tag' as const,
            ...about(one.object),
            field: `${at}.image`,
            why: `What "${container.image}" is depends on the day, and on the node.`,
            fix: 'Name a tag that does not move, or a digest.',
          },
    ),
  );
}

/** The server reads a limit of zero as none at all. */
export function zeroLimit({ pods }: Inventory): Finding[] {
  return pods.flatMap((one) =>
    containersOf(one).flatMap(({ container, at }) => {
      const { limits = {} } = (container.resources ?? {}) as {
        readonly limits?: Readonly<Record<string, unknown>>;
      };
      return Object.entries(limits ?? {})
        .filter(([, amount]) => !decide(LIMITING, { item: amount }))
        .map(([name]) => ({
          rule: 'zero-limit' as const,
          ...about(one.object),
          field: `${at}.resources.limits.${name}`,
          why: 'A limit of zero is no limit: the container may use all that the node has.',
          fix: 'Set an amount above zero, or leave the limit out on purpose.',
        }));
    }),
  );
}

const DEFAULT_GRACE = 30;

/** A hook that sleeps as long as the pod may take to end leaves the program no time: it is killed in the middle of requests. */
export function noTimeToEnd({ pods }: Inventory): Finding[] {
  return pods.flatMap((one) => {
    const grace = (one.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE) as number;
    return containersOf(one).flatMap(({ container, at }) => {
      const { preStop } = (container.lifecycle ?? {}) as { readonly preStop?: Hook };
      const seconds = sleptBy(preStop);
      if (seconds === undefined || seconds < grace) return [];
      return {
        rule: 'no-time-to-end' as const,
        ...about(one.object),
        field: `${at}.lifecycle.preStop`,
        why: `It sleeps ${seconds} s of the ${grace} s that the pod has to end, so the program is killed as soon as it is told to stop.`,
        fix: 'Sleep less, or raise terminationGracePeriodSeconds by what the program needs.',
      };
    });
  });
}

interface Hook {
  readonly sleep?: { readonly seconds?: number };
  readonly exec?: { readonly command?: readonly string[] };
}

function sleptBy(hook: Hook | undefined): number | undefined {
  const words = (hook?.exec?.command ?? []).join(' ');
  const said = /(?:^|[/\s;&])sleep\s+(\d+(?:\.\d+)?)s?(?=$|[\s;&])/.exec(words)?.[1];
  return hook?.sleep?.seconds ?? (said === undefined ? undefined : Number(said));
}

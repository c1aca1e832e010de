import type { IConstruct } from 'constructs';
import { type FieldsOf, prop } from '../../core/props';
import { Expression, type Templated, type TemplatedItem } from '../../core/template';
import { any, type Condition, entryWhere } from '../condition';
import { ConstructError } from '../construct-error';
import type { Labels } from '../identity';
import { requireThat } from '../require';

/** One port of a gateway on which routes are served: encrypted, unless it says otherwise. */
export interface GatewayListener {
  /**
   * Whether it is there.
   * @default true
   */
  readonly enabled?: Condition;
  /**
   * The Secret with the certificate, which the gateway shows to callers.
   * @default - none; then the listener says `passthrough` or `plain`
   */
  readonly secretName?: Templated<string>;
  /**
   * The namespace of that Secret, which has to have a ReferenceGrant for gateways of this one.
   * @default - that of the gateway
   */
  readonly secretNamespace?: Templated<string>;
  /**
   * Passes on what is encrypted up to the service itself, by the host name alone: for the `tlsRoute` of a service.
   * @default false
   */
  readonly passthrough?: boolean;
  /**
   * Serves without encryption, so everybody on the way reads along and can change what is sent.
   * @default false
   */
  readonly plain?: boolean;
  /**
   * The port on which callers arrive.
   * @default - 443, or 80 for one that is plain
   */
  readonly port?: Templated<number>;
  /**
   * The host names that it serves, such as `*.example.com`.
   * @default - every host that a route names
   */
  readonly host?: Templated<string>;
  /**
   * Whose routes it serves: those of its own namespace, of all, or of namespaces with labels. Whoever may make a route there
   * can take over a host that the listener has.
   * @default 'Same'
   */
  readonly routesFrom?: 'Same' | 'All' | { readonly labels: Templated<Labels> };
}

export const HTTPS_PORT = 443;
export const HTTP_PORT = 80;
export const ROUTES_FROM = 'Same';

const fields: FieldsOf<GatewayListener> = {
  enabled: prop.boolean(),
  secretName: prop.objectName(),
  secretNamespace: prop.dnsLabel(),
  passthrough: prop.flag(),
  plain: prop.flag(),
  port: prop.port(),
  host: prop.host({ wildcard: true }),
  routesFrom: prop.byKind(
    {
      text: prop.oneOf(['Same', 'All']),
      object: prop.object<{ readonly labels: Templated<Labels> }>({ labels: prop.labels().required() }),
    },
    'Same, All, or { labels } of namespaces',
  ),
};

export const listeners = prop
  .map(
    prop.dnsLabel(),
    prop.object<GatewayListener>(fields, { switchedBy: 'enabled' }),
    'listeners by name, such as { https: { secretName: "shop-tls" } }',
  )
  .inProgram();

/** A listener as the Gateway API writes it. */
export interface Listener {
  readonly name: string;
  readonly hostname?: string;
  readonly port: number;
  readonly protocol: 'HTTP' | 'HTTPS' | 'TLS';
  readonly tls?: {
    readonly mode: 'Passthrough' | 'Terminate';
    readonly certificateRefs?: readonly { readonly name: string; readonly namespace?: string }[];
  };
  readonly allowedRoutes: {
    readonly namespaces: {
      readonly from: 'All' | 'Same' | 'Selector';
      readonly selector?: { readonly matchLabels: Labels };
    };
    readonly kinds?: readonly { readonly kind: string }[];
  };
}

type Named = Readonly<Record<string, GatewayListener>>;

/** Those that are there, or may be. */
export function listenersOf(named: Named): readonly TemplatedItem<Listener>[] {
  return Object.entries(named)
    .filter(([, { enabled }]) => enabled !== false)
    .map(([name, given]) => entryWhere<Listener>(given.enabled ?? true, listener(name, given)));
}

function listener(name: string, given: GatewayListener): Templated<Listener> {
  const { host, port, secretName, secretNamespace, passthrough, plain, routesFrom = ROUTES_FROM } = given;
  const isChosen = typeof routesFrom === 'object';
  return {
    name,
    hostname: host,
    port: port ?? (plain ? HTTP_PORT : HTTPS_PORT),
    protocol: protocolOf(given),
    tls: plain
      ? undefined
      : {
          mode: passthrough ? 'Passthrough' : 'Terminate',
          certificateRefs:
            secretName === undefined ? undefined : [{ name: secretName, namespace: secretNamespace }],
        },
    allowedRoutes: {
      namespaces: {
        from: isChosen ? 'Selector' : routesFrom,
        selector: isChosen ? { matchLabels: routesFrom.labels } : undefined,
      },
    },
  };
}

function protocolOf({ plain, passthrough }: GatewayListener): Listener['protocol'] {
  if (plain) return 'HTTP';
  return passthrough ? 'TLS' : 'HTTPS';
}

/** A port for those who come without encryption, on which nothing but a redirect is served. */
export function redirecting(): Listener {
  return {
    name: REDIRECT,
    port: HTTP_PORT,
    protocol: 'HTTP',
    allowedRoutes: { namespaces: { from: 'Same' }, kinds: [{ kind: 'HTTPRoute' }] },
  };
}

export const REDIRECT = 'redirect';

/** Refuses what the Gateway API refuses of listeners beside each other, and one that does not say how it is encrypted. */
export function checkListeners(construct: IConstruct, named: Named, redirects: boolean): void {
  const taken = new Map<string, string>();
  if (redirects) taken.set(placeOf({ plain: true }) as string, 'redirectPlain');
  for (const [name, given] of Object.entries(named)) {
    const place = `listeners.${name}`;
    const ways = (['secretName', 'passthrough', 'plain'] as const).filter((way) => given[way]);
    if (ways.length !== 1)
      throw new ConstructError('PROP_INVALID', construct, place, {
        found: ways.length === 0 ? 'no certificate' : ways.join(' and '),
        expected: 'one of secretName, passthrough and plain',
        remedy: 'Name the Secret with the certificate, unless the service itself has it (`passthrough`).',
      });
    if (given.secretNamespace !== undefined && given.secretName === undefined)
      throw new ConstructError('PROP_INVALID', construct, `${place}.secretNamespace`, {
        found: 'a namespace of no Secret',
        expected: 'a namespace beside secretName',
        remedy: 'Take it out.',
      });
    if (redirects && name === REDIRECT)
      throw new ConstructError('NAME_TAKEN', construct, place, {
        found: `${REDIRECT}, which redirectPlain has`,
        expected: 'a name of its own',
        remedy: 'Choose another one.',
      });
    const at = placeOf(given);
    const before = at === undefined ? undefined : taken.get(at);
    if (before !== undefined)
      throw new ConstructError('NAME_TAKEN', construct, place, {
        found: `the port, protocol and host of ${before}`,
        expected: 'another port, protocol or host for each listener',
        remedy: 'Give it a host or a port of its own.',
      });
    if (at !== undefined) taken.set(at, name);
  }
  requireThat(construct, any(...Object.values(named).map(({ enabled }) => enabled ?? true)), {
    code: 'PROP_INVALID',
    prop: 'listeners',
    found: 'none that is there',
    expected: 'a listener at least',
    remedy: 'Add one, or switch one on.',
  });
}

/** What no two listeners have alike; unknown where a value decides. */
function placeOf(given: GatewayListener): string | undefined {
  const { port = given.plain ? HTTP_PORT : HTTPS_PORT, host = '', enabled } = given;
  if (enabled !== undefined && enabled !== true) return undefined;
  if (port instanceof Expression || host instanceof Expression) return undefined;
  return `${port} ${protocolOf(given)} ${host}`;
}

import type { RoleBinding } from '../imports/k8s';
import {
  ApiError,
  type Connection,
  Discovery,
  get,
  KubeError,
  list,
  type Resource,
  readLog,
  resource,
  type Stored,
} from '../kube';
import { KUBE_SYSTEM, type Live, type State } from './state';
import { referencesOf } from './walk/references';
import { isWorkload } from './walk/workload';

/** What is listed in each namespace where something runs. */
const OF_WORKLOADS = [
  ['v1', 'Pod'],
  ['v1', 'Event'],
  ['v1', 'PersistentVolumeClaim'],
  ['apps/v1', 'ReplicaSet'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['discovery.k8s.io/v1', 'EndpointSlice'],
] as const;
const LAST_LINES = 3;

/** Reads what a verification looks at, and nothing else; it changes nothing. What it may not read is said in `unread`. */
export async function readState(connection: Connection, meant: readonly Live[]): Promise<State> {
  const reader = new Reader(connection);
  await Promise.all(meant.map((object) => reader.readMeant(object)));
  const workloads = meant.filter(isWorkload);
  const namespaces = [...new Set(workloads.map(({ metadata }) => metadata?.namespace as string))];
  const lists: Promise<void>[] = namespaces.flatMap((namespace) =>
    OF_WORKLOADS.map(([apiVersion, kind]) => reader.list(apiVersion, kind, namespace)),
  );
  if (workloads.length > 0) {
    lists.push(
      reader.list('v1', 'Node'),
      reader.list('storage.k8s.io/v1', 'StorageClass'),
      reader.one('v1', 'Service', KUBE_SYSTEM, 'kube-dns'),
      reader.list('discovery.k8s.io/v1', 'EndpointSlice', KUBE_SYSTEM),
    );
  }
  if (meant.some(({ kind }) => kind === 'Ingress'))
    lists.push(reader.list('networking.k8s.io/v1', 'IngressClass'));
  await Promise.all(lists);
  // What to ask is known before anything is asked: an error on the way there leaves nothing that still runs.
  const asks = [...reader.namedBy(meant), ...reader.logs()];
  await Promise.all(asks.map((ask) => ask()));
  return reader.state(meant);
}

/** A question to the cluster that is not asked yet. */
type Ask = () => Promise<void>;

const keyOf = (kind: string, namespace: string | undefined, name: string) =>
  `${kind} ${namespace ?? ''} ${name}`;

class Reader {
  private readonly objects = new Map<string, Stored<Live>>();
  private readonly lists = new Set<string>();
  /** Objects that were asked for one by one, whether they are there or not. */
  private readonly asked = new Set<string>();
  private readonly forbidden = new Set<string>();
  private readonly unknownKinds = new Set<string>();
  private readonly lastLines = new Map<string, string>();

  private readonly discovery: Discovery;

  constructor(private readonly connection: Connection) {
    this.discovery = new Discovery(connection);
  }

  async readMeant({ apiVersion, kind, metadata }: Live): Promise<void> {
    const of = await this.resourceOf(apiVersion, kind);
    if (of) await this.one(apiVersion, kind, metadata?.namespace, metadata?.name ?? '', of);
  }

  private async resourceOf(apiVersion: string, kind: string): Promise<Resource<Live> | undefined> {
    try {
      return resource<Live>(apiVersion, kind);
    } catch {
      // One of a custom kind: only the server knows.
    }
    try {
      return await this.discovery.find<Live>(apiVersion, kind);
    } catch (error) {
      if (!(error instanceof KubeError) || !/NOT_FOUND|KIND_UNKNOWN/.test(error.code)) throw error;
      this.unknownKinds.add(`${apiVersion} ${kind}`);
      return undefined;
    }
  }

  async one(
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    name: string,
    of: Resource<Live> = resource<Live>(apiVersion, kind),
  ): Promise<void> {
    const key = keyOf(kind, namespace, name);
    if (this.asked.has(key)) return;
    this.asked.add(key);
    const found = await this.allowed(`get ${of.plural}`, namespace, () =>
      get(this.connection, of, { name, ...(namespace && { namespace }) }),
    );
    if (found) this.objects.set(key, { ...found, apiVersion, kind });
  }

  async list(apiVersion: string, kind: string, namespace?: string): Promise<void> {
    const of = resource<Live>(apiVersion, kind);
    const found = await this.allowed(`list ${of.plural}`, namespace, () =>
      list(this.connection, of, { namespace: namespace ?? '*' }),
    );
    if (!found) return;
    this.lists.add(`${kind} ${namespace ?? ''}`);
    for (const one of found.items) {
      const key = keyOf(kind, one.metadata.namespace, one.metadata.name);
      // What was read in the version that is meant stays.
      if (!this.objects.has(key)) this.objects.set(key, one);
    }
  }

  /** What others name: Secrets and ConfigMaps of pods, accounts and roles of bindings, targets of autoscalers. */
  namedBy(meant: readonly Live[]): Ask[] {
    return [...this.ofKind('Pod').flatMap((pod) => this.ofPod(pod)), ...meant.flatMap((one) => this.of(one))];
  }

  private ofPod({ spec, metadata: { namespace } }: Stored<Live>): Ask[] {
    const pod = spec as Parameters<typeof referencesOf>[0] & {
      readonly imagePullSecrets?: readonly { readonly name?: string }[];
    };
    return [
      ...referencesOf(pod).map(
        ({ kind, name }) =>
          () =>
            this.one('v1', kind, namespace, name),
      ),
      // One without a name is taken by the API server, and means nothing.
      ...(pod.imagePullSecrets ?? []).flatMap(({ name }) =>
        name ? [() => this.one('v1', 'Secret', namespace, name)] : [],
      ),
    ];
  }

  /** By exact kinds: a ValidatingAdmissionPolicyBinding binds no account. */
  private of(object: Live): Ask[] {
    const namespace = object.metadata?.namespace;
    switch (object.kind) {
      case 'RoleBinding':
      case 'ClusterRoleBinding':
        return this.ofBinding(object as unknown as Partial<RoleBinding>, namespace);
      case 'HorizontalPodAutoscaler':
        return this.ofAutoscaler(object, namespace);
      case 'Ingress':
        return this.ofIngress(object, namespace);
      default:
        return [];
    }
  }

  private ofAutoscaler({ spec }: Live, namespace: string | undefined): Ask[] {
    const { scaleTargetRef: target } = (spec ?? {}) as {
      readonly scaleTargetRef?: { apiVersion?: string; kind?: string; name?: string };
    };
    const { apiVersion = 'apps/v1', kind, name } = target ?? {};
    if (!kind || !name) return [];
    return [() => this.readMeant({ apiVersion, kind, metadata: { namespace, name } })];
  }

  private ofBinding({ roleRef, subjects = [] }: Partial<RoleBinding>, own: string | undefined): Ask[] {
    const accounts = subjects
      .filter(({ kind }) => kind === 'ServiceAccount')
      .map(
        ({ namespace = own, name }) =>
          () =>
            this.one('v1', 'ServiceAccount', namespace, name),
      );
    if (!roleRef) return accounts;
    const { kind, name } = roleRef;
    const place = kind === 'ClusterRole' ? undefined : own;
    return [() => this.one('rbac.authorization.k8s.io/v1', kind, place, name), ...accounts];
  }

  private ofIngress({ spec }: Live, namespace: string | undefined): Ask[] {
    const { rules = [], tls = [] } = (spec ?? {}) as {
      readonly rules?: readonly {
        http?: { paths: readonly { backend: { service?: { name: string } } }[] };
      }[];
      readonly tls?: readonly { secretName?: string }[];
    };
    const services = rules
      .flatMap(({ http }) => http?.paths ?? [])
      .flatMap(({ backend }) => backend.service ?? []);
    return [
      ...services.map(
        ({ name }) =>
          () =>
            this.one('v1', 'Service', namespace, name),
      ),
      ...tls.flatMap(({ secretName }) =>
        secretName ? [() => this.one('v1', 'Secret', namespace, secretName)] : [],
      ),
    ];
  }

  /** What containers said before they ended: the cause is nowhere else. */
  logs(): Ask[] {
    return this.ofKind('Pod').flatMap(({ metadata, status }) => {
      const { containerStatuses = [], initContainerStatuses = [] } = (status ?? {}) as {
        readonly containerStatuses?: readonly Ended[];
        readonly initContainerStatuses?: readonly Ended[];
      };
      return [...initContainerStatuses, ...containerStatuses].filter(hasFailed).map(
        ({ name, state }) =>
          () =>
            this.log(metadata, name, state?.terminated === undefined),
      );
    });
  }

  private async log(
    { namespace, name: pod }: Stored<Live>['metadata'],
    container: string,
    previous: boolean,
  ): Promise<void> {
    const asked = { namespace, pod, container, previous, tailLines: LAST_LINES, limitBytes: 2000 };
    const said = await this.allowed('get pods/log', namespace, () => readLog(this.connection, asked));
    if (said) this.lastLines.set(`${namespace} ${pod} ${container}`, said.toString('utf8').trim());
  }

  private ofKind(kind: string): Stored<Live>[] {
    return [...this.objects.values()].filter((one) => one.kind === kind);
  }

  /** Undefined for what is not there, or may not be read; the latter is noted. */
  private async allowed<T>(
    right: string,
    namespace: string | undefined,
    ask: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.statusCode === 403) this.forbidden.add(namespace ? `${right} in ${namespace}` : right);
      else if (error.statusCode !== 404 && error.statusCode !== 400) throw error;
      return undefined;
    }
  }

  state(meant: readonly Live[]): State {
    const { objects, lists, asked, forbidden, lastLines } = this;
    const isForbidden = (kind: string, namespace: string | undefined) => {
      const { plural } = known(kind) ?? { plural: '' };
      const place = namespace ? ` in ${namespace}` : '';
      return forbidden.has(`get ${plural}${place}`) || forbidden.has(`list ${plural}${place}`);
    };
    return {
      meant,
      unknownKinds: this.unknownKinds,
      unread: [...forbidden].sort(),
      find: (kind, namespace, name) => objects.get(keyOf(kind, namespace, name)),
      all: (kind, namespace) =>
        this.ofKind(kind).filter(
          ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
        ),
      wasRead: (kind, namespace) =>
        !isForbidden(kind, namespace) &&
        (lists.has(`${kind} ${namespace ?? ''}`) ||
          [...asked].some((key) => key.startsWith(`${kind} ${namespace ?? ''} `))),
      logOf: (namespace, pod, container) => lastLines.get(`${namespace} ${pod} ${container}`) ?? '',
    };
  }
}

interface Ended {
  readonly name: string;
  readonly state?: { readonly terminated?: { readonly exitCode: number } };
  readonly lastState?: { readonly terminated?: { readonly exitCode: number } };
}

function hasFailed({ state, lastState }: Ended): boolean {
  const ended = state?.terminated ?? lastState?.terminated;
  return ended !== undefined && ended.exitCode !== 0;
}

/** The group of a kind that walks ask for by its name alone. */
function known(kind: string): Resource<Live> | undefined {
  for (const apiVersion of [
    'v1',
    'apps/v1',
    'batch/v1',
    'rbac.authorization.k8s.io/v1',
    'storage.k8s.io/v1',
    'networking.k8s.io/v1',
    'discovery.k8s.io/v1',
    'autoscaling/v2',
    'policy/v1',
  ]) {
    try {
      return resource<Live>(apiVersion, kind);
    } catch {
      // Another one.
    }
  }
  return undefined;
}

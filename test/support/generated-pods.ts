import fc from 'fast-check';

// biome-ignore lint/suspicious/noExplicitAny: generated JSON
type Any = any;

/** Mostly what every level takes, so that single offences are seen alone; sometimes anything. */
function rarely<T>(usual: T, ...unusual: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: fc.constantFrom(usual, ...unusual) },
  );
}

const seccomp = (usual?: object) =>
  rarely<object | undefined>(
    usual,
    undefined,
    { type: 'RuntimeDefault' },
    { type: 'Unconfined' },
    { type: 'Localhost', localhostProfile: 'a.json' },
  );
const appArmor = rarely<object | undefined>(undefined, { type: 'RuntimeDefault' }, { type: 'Unconfined' });
const seLinux = rarely<object | undefined>(
  undefined,
  {},
  { type: 'container_t' },
  { type: 'container_engine_t' },
  { type: 'spc_t' },
  { user: 'u' },
  { role: 'r' },
  { level: 's0' },
);
const capabilities = rarely<object | undefined>(
  { drop: ['ALL'] },
  undefined,
  {},
  { drop: ['all'] },
  { drop: ['NET_RAW'] },
  { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
  { drop: ['ALL'], add: ['CHOWN'] },
  { add: ['NET_BIND_SERVICE'] },
  { drop: ['ALL'], add: ['SYS_ADMIN'] },
  { drop: ['ALL'], add: ['CAP_CHOWN'] },
);
const handler = rarely<object | undefined>(
  undefined,
  { httpGet: { port: 80, path: '/' } },
  { httpGet: { port: 80, path: '/', host: '127.0.0.1' } },
  { tcpSocket: { port: 80, host: 'x' } },
  { tcpSocket: { port: 80 } },
);

const container = fc.record({
  securityContext: rarely<'some' | 'none'>('some', 'none').chain((there) =>
    there === 'none'
      ? fc.constant(undefined)
      : fc.record({
          privileged: rarely<boolean | undefined>(undefined, false, true),
          allowPrivilegeEscalation: rarely<boolean | undefined>(false, true, undefined),
          runAsNonRoot: rarely<boolean | undefined>(undefined, true, false),
          runAsUser: rarely<number | undefined>(undefined, 0, 1000),
          procMount: rarely<string | undefined>(undefined, 'Default', 'Unmasked'),
          capabilities,
          seccompProfile: seccomp(),
          appArmorProfile: appArmor,
          seLinuxOptions: seLinux,
        }),
  ),
  ports: rarely<object[] | undefined>(
    undefined,
    [{ containerPort: 80 }],
    [{ containerPort: 80, hostPort: 80 }],
  ),
  livenessProbe: handler,
  lifecycle: rarely<object | undefined>(
    undefined,
    { preStop: { sleep: { seconds: 1 } } },
    { postStart: { httpGet: { port: 80, host: 'x' } } },
  ),
});

const volume = rarely<object>(
  { emptyDir: {} },
  { configMap: { name: 'a' } },
  { secret: { secretName: 'a' } },
  { persistentVolumeClaim: { claimName: 'a' } },
  { hostPath: { path: '/a' } },
  { nfs: { server: 'a', path: '/a' } },
  { projected: { sources: [] } },
  { downwardAPI: { items: [] } },
  { image: { reference: 'a:1' } },
  { csi: { driver: 'a' } },
  { iscsi: { targetPortal: '1.2.3.4:1', iqn: 'iqn.2001-04.com.a:b', lun: 0 } },
);

const generated = fc.record({
  annotation: rarely<string | undefined>(undefined, 'runtime/default', 'unconfined', 'localhost/a'),
  host: rarely<object>(
    {},
    { hostNetwork: true },
    { hostPID: true },
    { hostIPC: true },
    { hostNetwork: false },
  ),
  hostUsers: rarely<boolean | undefined>(undefined, true, false),
  os: rarely<object | undefined>(undefined, { name: 'linux' }, { name: 'windows' }),
  securityContext: fc.record({
    runAsNonRoot: rarely<boolean | undefined>(true, undefined, false),
    runAsUser: rarely<number | undefined>(undefined, 0, 1000),
    seccompProfile: seccomp({ type: 'RuntimeDefault' }),
    appArmorProfile: appArmor,
    seLinuxOptions: seLinux,
    windowsOptions: rarely<object | undefined>(undefined, { hostProcess: false }, { hostProcess: true }),
    sysctls: rarely<object[] | undefined>(
      undefined,
      [{ name: 'net.ipv4.tcp_rmem', value: '1' }],
      [{ name: 'kernel.msgmax', value: '1' }],
    ),
  }),
  containers: fc.array(container, { minLength: 1, maxLength: 2 }),
  initContainers: rarely<number>(0, 1).chain((length) =>
    fc.array(container, { minLength: length, maxLength: length }),
  ),
  volumes: fc.array(volume, { maxLength: 2 }),
});

function podOf({ annotation, host, ...spec }: Any) {
  const named = (prefix: string) => (one: object, index: number) => ({
    name: `${prefix}${index}`,
    image: 'a:1',
    ...one,
  });
  return JSON.parse(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'generated',
        annotations: annotation && { 'container.apparmor.security.beta.kubernetes.io/c0': annotation },
      },
      spec: {
        ...spec,
        ...host,
        containers: spec.containers.map(named('c')),
        // An init container knows neither probes nor hooks.
        initContainers: spec.initContainers.map(
          ({ livenessProbe: _, lifecycle: __, ...one }: Any, index: number) => named('i')(one, index),
        ),
        volumes: spec.volumes.map((one: object, index: number) => ({ name: `v${index}`, ...one })),
      },
    }),
  );
}

/** A pod as people and attackers write them, in every field that Pod Security looks at. */
export const generatedPod = generated.map(podOf);

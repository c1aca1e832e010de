import type {
  Container,
  ContainerPort,
  EnvFromSource,
  EnvVar,
  Lifecycle,
  PodSpec,
  Probe,
  Volume,
  VolumeMount,
} from '../../../imports/k8s';
import { describe } from '../fault';
import { quantityOf } from '../quantity';
import type { Walk } from '../walk';
import { type ObjectRule, rule } from './rule';

type Path = readonly (string | number)[];

/** Complains of every entry of a list whose key one before it has. */
export function unique<T>(
  list: readonly T[],
  keyOf: (entry: T) => string | undefined,
  at: (index: number) => Path,
  walk: Walk,
): void {
  const seen = new Set<string>();
  for (const [index, entry] of list.entries()) {
    const key = keyOf(entry);
    if (key === undefined) continue;
    if (seen.has(key))
      walk.fault(at(index), {
        found: `${describe(key)} a second time`,
        expected: 'each once',
        remedy: 'Remove one of them, or rename it.',
      });
    seen.add(key);
  }
}

/** Complains where not exactly one of some fields is set. */
export function exactlyOne(value: object, fields: readonly string[], walk: Walk, path: Path = []): void {
  const set = fields.filter((field) => {
    const given = (value as { readonly [field: string]: unknown })[field];
    return given !== undefined && given !== null;
  });
  if (set.length === 1) return;
  walk.fault(path, {
    found: set.length === 0 ? 'none of them' : set.join(' and '),
    expected: `one of ${fields.length > 8 ? `${fields.slice(0, 5).join(', ')} and the like` : fields.join(', ')}`,
  });
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'];
const HOOKS = ['exec', 'httpGet', 'tcpSocket', 'sleep'];

function containers(spec: PodSpec) {
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, index) => ({ container, path: [list, index] as Path })),
  );
}

const uniqueContainers = rule<PodSpec>((spec, walk) => {
  const all = containers(spec);
  unique(
    all,
    ({ container }) => container.name,
    (index) => [...(all[index]?.path ?? []), 'name'],
    walk,
  );
});

const uniqueVolumes = rule<PodSpec>((spec, walk) => {
  unique(
    spec.volumes ?? [],
    ({ name }) => name,
    (index) => ['volumes', index, 'name'],
    walk,
  );
});

const mountsHaveVolumes = rule<PodSpec>((spec, walk) => {
  const names = new Set([...(spec.volumes ?? []).map(({ name }) => name), ...walk.claims]);
  for (const { container, path } of containers(spec))
    for (const [list, field] of [
      ['volumeMounts', container.volumeMounts],
      ['volumeDevices', container.volumeDevices],
    ] as const)
      for (const [index, { name }] of (field ?? []).entries())
        if (name && !names.has(name))
          walk.fault([...path, list, index, 'name'], {
            found: `${describe(name)}, which is no volume of the pod`,
            expected: names.size > 0 ? `one of ${[...names].join(', ')}` : 'a volume of the pod',
            remedy: 'Add the volume, or remove the mount.',
          });
});

const imagesNamed = rule<PodSpec>((spec, walk) => {
  for (const { container, path } of containers(spec))
    if (!container.image)
      walk.fault([...path, 'image'], {
        found: 'nothing',
        expected: 'the name of an image',
        remedy: 'Set the field.',
      });
});

const portNamesOnce = rule<Container>(({ ports = [] }, walk) => {
  const list = (ports ?? []) as readonly ContainerPort[];
  unique(
    list,
    ({ name }) => name || undefined,
    (index) => ['ports', index, 'name'],
    walk,
  );
});

const mountPathsOnce = rule<Container>(({ volumeMounts }, walk) => {
  const list = (volumeMounts ?? []) as readonly VolumeMount[];
  unique(
    list,
    ({ mountPath }) => mountPath,
    (index) => ['volumeMounts', index, 'mountPath'],
    walk,
  );
});

const requestsBelowLimits = rule<Container>(({ resources }, walk) => {
  for (const [name, request] of Object.entries(resources?.requests ?? {})) {
    const [wanted, most] = [quantityOf(request), quantityOf(resources?.limits?.[name])];
    // Near the edge floating point may be wrong, and an invalid object is better than a false alarm.
    if (wanted === undefined || most === undefined || wanted <= most * (1 + 1e-9)) continue;
    walk.fault(['resources', 'requests', name], {
      found: `${request}, more than the limit of ${resources?.limits?.[name]}`,
      expected: 'the limit at most',
    });
  }
});

const envHasOneSource = rule<EnvVar>(({ value, valueFrom }, walk) => {
  if (!valueFrom) return;
  if (value)
    walk.fault(['valueFrom'], {
      found: 'value beside it',
      expected: 'one of them',
      remedy: 'Remove one of them.',
    });
  const known = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];
  exactlyOne(valueFrom, known, walk, ['valueFrom']);
});

const envFromOneSource = rule<EnvFromSource>((source, walk) =>
  exactlyOne(source, ['configMapRef', 'secretRef'], walk),
);

const probeAsksOnce = rule<Probe>((probe, walk) => exactlyOne(probe, HANDLERS, walk));

const probesOfContainer = rule<Container>(({ livenessProbe, startupProbe, readinessProbe }, walk) => {
  for (const [name, probe] of Object.entries({ livenessProbe, startupProbe }))
    if (probe?.successThreshold && probe.successThreshold > 1)
      walk.fault([name, 'successThreshold'], { found: String(probe.successThreshold), expected: '1' });
  if (readinessProbe?.terminationGracePeriodSeconds)
    walk.fault(['readinessProbe', 'terminationGracePeriodSeconds'], {
      found: String(readinessProbe.terminationGracePeriodSeconds),
      expected: 'nothing, since a pod that is not ready is not ended',
      remedy: 'Remove the field.',
    });
});

const hooksActOnce = rule<Lifecycle>((lifecycle, walk) => {
  for (const name of ['postStart', 'preStop'] as const)
    if (lifecycle[name]) exactlyOne(lifecycle[name], HOOKS, walk, [name]);
});

const VOLUME_NAME = 'name';

const volumeHasOneSource = rule<Volume>((volume, walk) => {
  const sources = Object.entries(volume).filter(
    ([key, value]) => key !== VOLUME_NAME && value !== undefined && value !== null,
  );
  // One without any is an emptyDir.
  if (sources.length < 2) return;
  walk.fault([], {
    found: sources.map(([key]) => key).join(' and '),
    expected: 'one kind of volume, such as emptyDir, configMap or secret',
  });
});

/** What the API server asks of pods and their containers. */
export const podRules: Readonly<Record<string, readonly ObjectRule[]>> = {
  PodSpec: [uniqueContainers, uniqueVolumes, mountsHaveVolumes, imagesNamed],
  Container: [portNamesOnce, mountPathsOnce, requestsBelowLimits, probesOfContainer],
  EnvVar: [envHasOneSource],
  EnvFromSource: [envFromOneSource],
  Probe: [probeAsksOnce],
  Lifecycle: [hooksActOnce],
  Volume: [volumeHasOneSource],
};

import { PropError, parseQuantity, prop, requireProps } from '../../core/props';
import {
  ALLOWED_IMAGE_PATTERN,
  carriedNode,
  Expression,
  IMAGE_PATTERN,
  isAllowedImage,
  letsRun,
  milliCpu,
  type Owner,
  type Templated,
  valuesReadBy,
} from '../../core/template';
import { type DeclaredValues, definitionOf } from '../../core/values';
import type { Toleration } from '../../imports/k8s';
import type { SandboxLimits, SandboxProps } from './sandbox-spec';

/** Something wrong with a sandbox, or what only the installation can tell. */
export type SandboxRequirement = ReturnType<typeof requireProps>[number];
type Props = SandboxProps<DeclaredValues, DeclaredValues>;

const PLACE = 'defineSandbox';
/** Namespaces that hold something else, in every cluster. */
export const TAKEN_NAMESPACES: readonly string[] = [
  'default',
  'kube-system',
  'kube-public',
  'kube-node-lease',
];
/** The account that every namespace has, to which others may have granted something. */
export const TAKEN_ACCOUNT = 'default';
const LONGEST_SECONDS = 604_800;

const declared = () =>
  prop.custom(isDeclared, {
    expected: 'what defineValues gives',
    remedy: 'Declare them: defineValues({ ... }), and pass the result as it is.',
  });

const namespace = () =>
  prop.custom(isNamespace, {
    code: 'NAME_INVALID',
    expected: `a namespace that holds nothing but sandboxes: lower-case letters, digits and dashes, none of ${TAKEN_NAMESPACES.join(', ')}`,
    remedy: 'Choose a namespace of its own; the chart of SandboxRbac makes it.',
  });

const account = () =>
  prop.custom((given) => isName(given) && given !== TAKEN_ACCOUNT, {
    code: 'NAME_INVALID',
    expected: 'the name of an account that nothing is granted to, other than default',
    remedy: 'Choose a name; the chart of SandboxRbac makes the account.',
  });

const toleration = prop.object<Toleration>({
  key: prop.labelKey().required() as never,
  operator: prop.oneOf(['Exists', 'Equal']),
  value: prop.text({ minLength: 0 }),
  effect: prop.oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
  tolerationSeconds: prop.integer(),
});

const LIMITS = prop.object<SandboxLimits>({
  images: prop
    .custom(areImages, {
      code: 'IMAGE_UNPINNED',
      expected:
        'a list with at least one entry, each an image with a tag other than latest or a digest, or a path that ends with /*: registry.example.com/ci/*',
      remedy: 'Write one image an entry. As a value: value.list(value.allowedImage({ ... }), { ... }).',
    })
    .required(),
  labels: prop.list(prop.labelKey()),
  deadlineSeconds: prop.integer({ min: 1, max: LONGEST_SECONDS }).required(),
  cpu: prop.cpu().required(),
  memory: prop.bytes().required(),
  ephemeralStorage: prop.bytes().required(),
});

const SHAPE = prop.object<Props>({
  install: declared().required(),
  run: declared().required(),
  limits: LIMITS.required(),
  name: prop.dnsLabel().required(),
  namespace: namespace().required(),
  labels: prop.labels(),
  deadlineSeconds: prop.integer({ min: 1, max: LONGEST_SECONDS }).required(),
  serviceAccountName: account().required(),
  image: prop.image().required(),
  command: prop.list(prop.text({ minLength: 0 }), { minItems: 1 }).required(),
  env: prop.map(prop.envName(), prop.text({ minLength: 0 }), 'environment variables'),
  cpu: prop.cpu().required(),
  memory: prop.bytes().required(),
  ephemeralStorage: prop.bytes().required(),
  workspaceSize: prop.bytes().required(),
  imagePullPolicy: prop.oneOf(['Always', 'IfNotPresent', 'Never']),
  runtimeClassName: prop.objectName().orAbsent(),
  priorityClassName: prop.objectName().orAbsent(),
  queueName: prop.dnsLabel().orAbsent(),
  nodeSelector: prop.map(prop.labelKey(), prop.labelValue(), 'labels of nodes'),
  tolerations: prop.list(toleration),
  allowOpenStart: prop.boolean(),
});

/**
 * Refuses what no sandbox can be, and gives back what depends on values of the installation, for the charts to ask. What
 * a run gives is asked by the values of the run, and by the policy.
 */
export function requireSandbox(props: Props): readonly SandboxRequirement[] {
  const requirements = requireProps(PLACE, SHAPE, props);
  const limits = props.limits;
  const { image } = props;
  if (typeof image === 'string' && Array.isArray(limits.images) && !letsRun(limits.images, image)) {
    throw refused('image', image, `one of limits.images: ${limits.images.join(', ')}`, 'Add it to the list.');
  }
  const more = [
    ...noMore('cpu', props.cpu, 'limits.cpu', limits.cpu),
    ...noMore('memory', props.memory, 'limits.memory', limits.memory),
    ...noMore('ephemeralStorage', props.ephemeralStorage, 'limits.ephemeralStorage', limits.ephemeralStorage),
    ...noMore('workspaceSize', props.workspaceSize, 'ephemeralStorage', props.ephemeralStorage),
    ...noMore('workspaceSize', props.workspaceSize, 'limits.ephemeralStorage', limits.ephemeralStorage),
    ...noMoreSeconds(props.deadlineSeconds, limits.deadlineSeconds),
  ];
  const run = definitionOf(props.run).owner;
  return [...requirements, ...more].filter(({ holds }) => holds !== false && !reads(holds, run));
}

/** An amount that may not be above another one of the same kind: known now, or, for CPU, when the chart is installed. */
export function noMore(
  name: string,
  amount: Templated<string>,
  ofWhat: string,
  most: Templated<string>,
): SandboxRequirement[] {
  const expected = `at most ${ofWhat}`;
  const remedy = `Lower it, or raise ${ofWhat}.`;
  if (typeof amount === 'string' && typeof most === 'string') {
    if ((parseQuantity(amount) as number) <= (parseQuantity(most) as number)) return [];
    throw refused(name, amount, `${expected}, ${most}`, remedy, 'QUANTITY_INVALID');
  }
  if (!name.endsWith('cpu')) return [];
  const [left, right] = [inThousandths(amount), inThousandths(most)];
  const holds = left instanceof Expression ? left.le(right) : (right as Expression<number>).ge(left);
  return [{ code: 'QUANTITY_INVALID', prop: name, holds, found: 'more', expected, remedy }];
}

function noMoreSeconds(seconds: Templated<number>, most: Templated<number>): SandboxRequirement[] {
  if (typeof seconds !== 'number' || typeof most !== 'number' || seconds <= most) return [];
  throw refused('deadlineSeconds', String(seconds), `at most limits.deadlineSeconds, ${most}`, 'Lower it.');
}

function inThousandths(amount: Templated<string>): number | Expression<number> {
  return typeof amount === 'string'
    ? (parseQuantity(amount) as number) * 1000
    : milliCpu(amount as Expression<string>);
}

function refused(
  name: string,
  found: string,
  expected: string,
  remedy: string,
  code: SandboxRequirement['code'] = 'PROP_INVALID',
): PropError {
  return new PropError(PLACE, {
    code,
    prop: name,
    holds: false,
    found: JSON.stringify(found),
    expected,
    remedy,
  });
}

function reads(holds: Expression<boolean>, owner: Owner): boolean {
  return valuesReadBy(carriedNode(holds)).some(({ node: { op } }) => op.op === 'value' && op.owner === owner);
}

function isDeclared(given: unknown): boolean {
  try {
    return typeof given === 'object' && given !== null && definitionOf(given) !== undefined;
  } catch {
    return false;
  }
}

function isName(given: unknown): boolean {
  return prop
    .dnsLabel()
    .requirements(given, '')
    .every(({ holds }) => holds !== false);
}

function isNamespace(given: unknown): boolean {
  return isName(given) && !TAKEN_NAMESPACES.includes(given as string);
}

function isPinnedEntry(entry: unknown): boolean {
  return typeof entry === 'string' && isAllowedImage(entry) && !entry.endsWith(':latest');
}

/** Entries of a value are known by their pattern: only with one of these no entry is two, or half of one. */
function areImages(given: unknown): boolean {
  if (!(given instanceof Expression)) {
    return Array.isArray(given) && given.length > 0 && given.every(isPinnedEntry);
  }
  const shape = carriedNode(given)?.shape;
  if (shape?.type !== 'list' || shape.items.type !== 'string') return false;
  const { pattern, choices } = shape.items;
  return (
    pattern === ALLOWED_IMAGE_PATTERN || pattern === IMAGE_PATTERN || (choices ?? ['']).every(isPinnedEntry)
  );
}

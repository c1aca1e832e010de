import { value } from '../../core/values';

const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const NAME = '[a-z0-9]+([._/:-][a-z0-9]+|__[a-z0-9]+)*';
const DIGEST = '@sha256:[a-f0-9]{64}';
/** A whole image reference, or everything of a repository or registry path: `registry.example.com/ci/*`. */
const ALLOWED_IMAGE = `^${NAME}([/:@]\\*|:${TAG}(${DIGEST})?|${DIGEST})$`;

/**
 * What both charts have to know of a sandbox. They are given the same values; given different ones, the template's
 * hash differs, and the policy of the one denies the Jobs of the other.
 */
export const sandboxValues = {
  namespace: value.dnsName({
    default: 'ci-fixer-sandboxes',
    doc: 'Namespace of the sandboxes; it holds nothing else',
  }),
  serviceAccount: value.dnsName({
    default: 'ci-fixer-sandbox',
    doc: 'Account that sandboxes run as; nothing is bound to it',
  }),
  images: value.list(value.string({ pattern: ALLOWED_IMAGE, doc: 'An image, or a path that ends with *' }), {
    default: ['ci-fixer-sandbox:1.0.0'],
    minItems: 1,
    maxItems: 50,
    doc: 'Images that may run in a sandbox',
  }),
  imagePullPolicy: value.oneOf(['IfNotPresent', 'Always', 'Never'], {
    default: 'IfNotPresent',
    doc: 'When a node fetches the image of a sandbox',
  }),
  cpu: value.cpu({ default: '500m', doc: 'CPU of a sandbox that asks for none' }),
  memory: value.memory({ default: '512Mi', doc: 'Memory of a sandbox that asks for none' }),
  ephemeralStorage: value.memory({ default: '1Gi', doc: 'Disk of a sandbox that asks for none' }),
  workspaceSize: value.memory({ default: '512Mi', doc: 'Size of /workspace and of /tmp' }),
  runtimeClass: value.dnsName({ optional: true, doc: 'RuntimeClass of sandboxes, such as one for gVisor' }),
  priorityClass: value.dnsName({
    optional: true,
    doc: 'PriorityClass of sandboxes; needed where the cluster has a default one',
  }),
  max: {
    deadlineSeconds: value.integer({
      default: 3600,
      min: 60,
      max: 604_800,
      doc: 'The longest that a sandbox may live',
    }),
    cpu: value.cpu({ default: '2', doc: 'The most CPU of one sandbox' }),
    memory: value.memory({ default: '4Gi', doc: 'The most memory of one sandbox' }),
    ephemeralStorage: value.memory({ default: '8Gi', doc: 'The most disk of one sandbox' }),
  },
} as const;

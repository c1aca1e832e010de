import { value } from '../../core/values';
import { maintained } from '../metadata';

/** What both charts say of themselves. */
export const ciFixerMetadata = {
  ...maintained,
  partOf: 'ci-fixer',
  appVersion: '1.0.0',
  home: 'https://ci-fixer.example.com',
  icon: 'https://ci-fixer.example.com/icon.svg',
  sources: ['https://git.example.com/ci-fixer'],
  keywords: ['ci', 'builds', 'sandbox'],
} as const;

const LABEL_KEY =
  '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$';

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
  images: value.list(value.allowedImage({ doc: 'An image, or a path that ends with /*' }), {
    default: ['ci-fixer-sandbox:1.0.0'],
    minItems: 1,
    maxItems: 50,
    doc: 'Images that may run in a sandbox',
  }),
  labels: value.list(value.string({ pattern: LABEL_KEY, doc: 'Key of a label' }), {
    default: ['build'],
    maxItems: 50,
    doc: 'Keys of the labels that a run may give its sandbox',
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
  queue: value.dnsName({
    optional: true,
    doc: 'LocalQueue of Kueue, in the namespace of the sandboxes, that each of them waits in before it starts',
  }),
  allowOpenStart: value.boolean({
    default: false,
    doc: 'Starts commands in a sandbox before its network is seen to be closed: needed where nothing closes it',
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

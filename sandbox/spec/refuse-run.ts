import { DrydockError, type JsonObject, letsRun } from '../../core/template';
import { MOST_BYTES, TEXT_BYTES, VARIABLE_BYTES } from './bounds';
import { QUEUE_LABEL } from './queue';

/** What the policy asks of a run's texts, as the document of a template says it: lists are one text, with commas. */
export interface RunLimits {
  readonly images: string;
  readonly labels: string;
}

interface MadeJob {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly suspend: boolean;
    readonly template: { readonly spec: { readonly containers: readonly [MadeContainer] } };
  };
}

interface MadeContainer {
  readonly image: string;
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}

/** Labels that the template itself writes. */
const OWN_LABELS = ['app.kubernetes.io/name', 'app.kubernetes.io/managed-by'];

/** Refuses the Job of a run that the policy would deny, in words about the value that is wrong. */
export function refuseRun(
  job: JsonObject,
  { images, labels }: RunLimits,
  given: JsonObject = {},
): JsonObject {
  refuseOwnQueue(given);
  const { metadata, spec } = job as unknown as MadeJob;
  const [{ image, command = [], env = [] }] = spec.template.spec.containers;
  if (!letsRun(images.split(','), image)) {
    throw refused('image', JSON.stringify(image), `one of ${images}`, 'Choose one of those');
  }
  const keys = labels.split(',');
  // One that a run gives itself is no label of the template, which suspends what has one.
  const own = spec.suspend ? [...OWN_LABELS, QUEUE_LABEL] : OWN_LABELS;
  const other = Object.keys(metadata.labels).find((key) => !own.includes(key) && !keys.includes(key));
  if (other !== undefined) {
    const expected = labels === '' ? 'no labels' : `labels with the keys ${labels}`;
    throw refused('labels', `the key ${JSON.stringify(other)}`, expected, 'Leave the label out');
  }
  refuseSize('command', bytesOf(command) + command.length * TEXT_BYTES);
  const texts = env.flatMap(({ name, value }) => [name, value]);
  refuseSize('env', bytesOf(texts) + env.length * VARIABLE_BYTES);
  return job;
}

/** The template's label takes its place, or leaves it out, and nobody would see what became of the run's. */
function refuseOwnQueue({ labels }: JsonObject): void {
  if (typeof labels !== 'object' || labels === null || !Object.hasOwn(labels, QUEUE_LABEL)) return;
  const expected = 'no queue: the template names the one that all its sandboxes wait in';
  throw refused('labels', `the key ${JSON.stringify(QUEUE_LABEL)}`, expected, 'Leave the label out');
}

function bytesOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text, 'utf8'), 0);
}

function refuseSize(value: string, bytes: number): void {
  if (bytes <= MOST_BYTES) return;
  throw refused(
    value,
    `${bytes} bytes`,
    `at most ${MOST_BYTES} together`,
    'Write what is larger as a file into the sandbox',
  );
}

function refused(value: string, found: string, expected: string, remedy: string): DrydockError {
  return new DrydockError('VALUES_INVALID', {
    where: `values of the run, ${value}`,
    found,
    expected,
    remedy: `${remedy}, or ask the administrator: the chart of SandboxRbac sets the limits.`,
  });
}

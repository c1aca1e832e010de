import { prop } from '../props';

/** What artifacthub.io shows of a chart (its annotations, see artifacthub.io/docs/topics/annotations/helm). */
export interface ArtifactHub {
  /**
   * The licence, by its SPDX identifier, such as `Apache-2.0`.
   * @default - none is named
   */
  readonly license?: string;
  /**
   * Where the chart is listed.
   * @default - Artifact Hub guesses it
   */
  readonly category?: (typeof CATEGORIES)[number];
  /**
   * Whether this version is one before a release.
   * @default false
   */
  readonly prerelease?: boolean;
  /**
   * Whether this version mends a weakness that others should know of.
   * @default false
   */
  readonly containsSecurityUpdates?: boolean;
  /**
   * What is new in this version.
   * @default - none
   */
  readonly changes?: readonly ArtifactHubChange[];
  /**
   * The images that the chart runs; Artifact Hub scans them.
   * @default - those that it finds itself
   */
  readonly images?: readonly ArtifactHubImage[];
  /**
   * More addresses.
   * @default - none
   */
  readonly links?: readonly ArtifactHubLink[];
}

export interface ArtifactHubChange {
  readonly kind: (typeof CHANGE_KINDS)[number];
  readonly description: string;
  /** @default - none */
  readonly links?: readonly ArtifactHubLink[];
}

export interface ArtifactHubImage {
  readonly name: string;
  /** The image, with its tag or digest. */
  readonly image: string;
}

export interface ArtifactHubLink {
  readonly name: string;
  readonly url: string;
}

const CATEGORIES = [
  'ai-machine-learning',
  'database',
  'integration-delivery',
  'monitoring-logging',
  'networking',
  'security',
  'storage',
  'streaming-messaging',
  'skip-prediction',
] as const;
const CHANGE_KINDS = ['added', 'changed', 'deprecated', 'removed', 'fixed', 'security'] as const;

const link = prop.object<ArtifactHubLink>({
  name: prop.text().required(),
  url: prop
    .text({ pattern: '^https?://\\S+$', expected: 'an address such as https://example.com' })
    .required(),
});

export const artifactHubShape = prop.object<ArtifactHub>({
  license: prop.text(),
  category: prop.oneOf(CATEGORIES),
  prerelease: prop.boolean(),
  containsSecurityUpdates: prop.boolean(),
  changes: prop.list(
    prop.object<ArtifactHubChange>({
      kind: prop.oneOf(CHANGE_KINDS).required(),
      description: prop.text().required(),
      links: prop.list(link),
    }),
  ),
  images: prop.list(
    prop.object<ArtifactHubImage>({ name: prop.text().required(), image: prop.image().required() }),
  ),
  links: prop.list(link),
});

/** As annotations of Chart.yaml. */
export function artifactHubAnnotations(hub: ArtifactHub = {}): Record<string, string> {
  const entries = Object.entries(hub).filter(([, given]) => given !== undefined && given !== false);
  return Object.fromEntries(
    entries.map(([key, given]) => [
      `artifacthub.io/${key}`,
      typeof given === 'object' ? listText(given as readonly object[]) : String(given),
    ]),
  );
}

/** A list as YAML, which Artifact Hub wants as a text. JSON of each value on a line of its own is YAML and reads well. */
function listText(items: readonly object[]): string {
  return items.map(itemText).join('');
}

function itemText(item: object): string {
  const lines = Object.entries(item)
    .filter(([, given]) => given !== undefined)
    .map(([key, given]) => `${key}: ${JSON.stringify(given)}\n`);
  return `- ${lines.join('  ')}`;
}

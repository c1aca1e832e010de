import { type FieldsOf, PropError, prop, requireProps } from '../props';
import { holdsNode, treeOf } from '../template';
import { type ArtifactHub, artifactHubShape } from './artifact-hub';

/** What Chart.yaml says of a chart beside its name and versions, for people, `helm search` and registries. */
export interface ChartMetadata {
  /**
   * The versions of Kubernetes that the chart is for; helm installs it on no other. The `-0` lets in versions such as
   * `v1.34.2-gke.100`, which helm takes for ones before a release.
   * @default '>=1.33.0-0'
   */
  readonly kubeVersion?: string;
  /**
   * Home page of the project; `ct lint` wants one.
   * @default - none
   */
  readonly home?: string;
  /**
   * Address of a picture, SVG or PNG, that registries show; `helm lint` recommends one.
   * @default - none
   */
  readonly icon?: string;
  /**
   * Addresses of the sources of what the chart installs.
   * @default - none
   */
  readonly sources?: readonly string[];
  /**
   * Words that the chart is found by.
   * @default - none
   */
  readonly keywords?: readonly string[];
  /**
   * Who looks after the chart.
   * @default - none
   */
  readonly maintainers?: readonly ChartMaintainer[];
  /**
   * Annotations in Chart.yaml.
   * @default - none
   */
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * What artifacthub.io shows of the chart, as typed props; they become annotations.
   * @default - none
   */
  readonly artifactHub?: ArtifactHub;
}

/** Somebody who looks after a chart. */
export interface ChartMaintainer {
  readonly name: string;
  /** @default - none */
  readonly email?: string;
  /** @default - none */
  readonly url?: string;
}

export const KUBE_VERSION = '>=1.33.0-0';

const COMPARED =
  '(=|!=|>|<|>=|=>|<=|=<|~|~>|\\^)?\\s*v?(\\*|[xX]|\\d+)(\\.(\\*|[xX]|\\d+)){0,2}(-[0-9A-Za-z.-]+)?';
/** A constraint as helm reads it: comparisons side by side all hold, of those with `||` between them one. */
const CONSTRAINT = `^\\s*${COMPARED}((\\s*,\\s*|\\s+|\\s*\\|\\|\\s*|\\s+-\\s+)${COMPARED})*\\s*$`;

const url = () =>
  prop.text({
    pattern: '^https?://[^\\s/]+\\S*$',
    expected: 'an address such as https://example.com/shop',
    remedy: 'Write the whole address, with https://.',
  });

/** The shapes of these props. */
export const metadataFields: FieldsOf<ChartMetadata> = {
  kubeVersion: prop.text({
    pattern: CONSTRAINT,
    expected: `versions of Kubernetes such as '${KUBE_VERSION}' or '>=1.33.0-0 <1.40.0-0'`,
    remedy: 'Write comparisons of whole versions, with -0 for those of cloud providers.',
  }),
  home: url(),
  icon: prop.text({
    pattern: '^(https?://[^\\s/]+\\S*|data:image/\\S+)$',
    expected: 'the address of a picture such as https://example.com/shop.svg',
    remedy: 'Write the whole address, with https:// or data:.',
  }),
  sources: prop.list(url()),
  keywords: prop.list(prop.text()),
  maintainers: prop.list(
    prop.object<ChartMaintainer>({
      name: prop.text().required(),
      email: prop.text({
        pattern: '^[^\\s@]+@[^\\s@]+$',
        expected: 'an address such as team@example.com',
        remedy: 'Write one address.',
      }),
      url: url(),
    }),
  ),
  annotations: prop.map(
    prop.labelKey(),
    prop.text({ minLength: 0 }),
    'annotations, such as { category: "Database" }',
  ),
  artifactHub: artifactHubShape,
};

const chartMetadataShape = prop.object<ChartMetadata>(metadataFields);

/** The metadata among the props of a chart, refused where something in it is wrong. */
export function chartMetadataOf(place: string, props: ChartMetadata): ChartMetadata {
  const {
    kubeVersion = KUBE_VERSION,
    home,
    icon,
    sources,
    keywords,
    maintainers,
    annotations,
    artifactHub,
  } = props;
  const metadata = { kubeVersion, home, icon, sources, keywords, maintainers, annotations, artifactHub };
  requireProps(place, chartMetadataShape, metadata);
  for (const [name, given] of Object.entries(metadata)) {
    if (holdsNode(treeOf(given, `${place} ${name}`)))
      throw new PropError(place, {
        code: 'PROP_INVALID',
        prop: name,
        holds: false,
        found: 'a value of the chart',
        expected: 'texts that are known when the program runs',
        remedy: 'Write the text itself: helm reads Chart.yaml as it is, before there are values.',
      });
  }
  return metadata;
}

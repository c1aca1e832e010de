import type { Construct } from 'constructs';
import { type PropShape, prop, requireProps } from '../props';
import { DrydockError } from '../template';
import { NAMES } from '../values';
import { metadataFields } from './chart-metadata';
import type { HelmChartProps } from './helm-chart-props';

/** Semantic versioning 2.0.0, which helm and registries of charts order versions by. */
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;
/** A label's value; the plus of a version is printed as an underscore there. */
const APP_VERSION = /^[A-Za-z0-9]([-A-Za-z0-9_.+]{0,61}[A-Za-z0-9])?$/;
/** What a file is named after. Upper case is left out: some file systems do not tell it apart. */
const FILE_NAME = '^[a-z0-9]([-a-z0-9_.]{0,61}[a-z0-9])?$';
const MAX_LABEL = 63;

/** Refuses what no chart can be declared with, before anything is made of it. */
export function requireChartProps(scope: Construct, id: string, props: HelmChartProps): HelmChartProps {
  const place = scope.node.path ? `${scope.node.path}/${id}` : id;
  const { name } = (props ?? {}) as { readonly name?: unknown };
  for (const one of [id, name ?? id])
    if (typeof one !== 'string' || !NAMES.chart.test(one)) throw badChartName(place, one);
  requireProps(place, shapeFor((name ?? id) as string), props);
  return props;
}

function shapeFor(name: string): PropShape {
  return prop.object<HelmChartProps>({
    ...metadataFields,
    name: known((given) => NAMES.chart.test(given), 'a name of lower-case letters, digits and dashes'),
    description: known((given) => given.trim() !== '', 'a text on what the chart installs').required(),
    version: known(
      (given) => SEMVER.test(given) && name.length + 1 + given.length <= MAX_LABEL,
      `a version as SemVer has it, such as 1.2.3 or 1.2.3-rc.1, of at most ${MAX_LABEL - 1 - name.length} characters, for the label helm.sh/chart`,
    ),
    appVersion: known(
      (given) => APP_VERSION.test(given),
      'a version such as 1.2.3 or 2026-11: at most 63 letters, digits, dashes, dots, underscores and plusses, with a letter or digit at both ends',
    ),
    values: prop.custom(isDeclared, {
      expected: 'what defineValues gives',
      remedy: 'Declare them: values: defineValues({ ... }).',
    }),
    environments: valuesByName(
      'Rename the environment; a file, values-NAME.yaml, is called after it.',
      'an object with the values of each environment: { prod: { replicas: 3 } }',
    ),
    trials: valuesByName(
      'Rename the trial; a file, ci/NAME-values.yaml, is called after it.',
      'an object with the values of each trial: { default: { host: "shop.example.com" } }',
    ),
    release: known((given) => given !== '', 'the name of a release'),
    partOf: prop.labelValue(),
    namespace: prop.dnsLabel(),
    labels: prop.labels(),
    disableResourceNameHashes: prop.boolean(),
  });
}

/** Sets of values, each of which has a file that is called after it. */
function valuesByName(remedy: string, expected: string): PropShape {
  const name = prop.text({
    pattern: FILE_NAME,
    expected:
      'a name of lower-case letters, digits, dashes, dots and underscores, at most 63, with a letter or digit at both ends',
    remedy,
  });
  return prop.map(name, prop.data(), expected);
}

/** A text that is known when the program runs: it goes into Chart.yaml, where there are no values. */
function known(isRight: (given: string) => boolean, expected: string): PropShape {
  const isText = (given: unknown) => typeof given === 'string' && !/\p{Surrogate}/u.test(given);
  return prop.custom((given) => isText(given) && isRight(given as string), {
    expected,
    remedy: 'Write it out: it is printed into Chart.yaml, where there are no values.',
  });
}

function isDeclared(given: unknown): boolean {
  return typeof given === 'object' && given !== null && 'parse' in given;
}

function badChartName(where: string, found: unknown): DrydockError {
  return new DrydockError('CHART_NAME', {
    where,
    found:
      typeof found === 'string'
        ? `the chart name ${JSON.stringify(found)}`
        : `a name that is a ${typeof found}`,
    expected: 'lower-case letters, digits and dashes, beginning with a letter, at most 53',
    remedy: 'The id of a HelmChart is the name of the chart, unless `name` says otherwise; rename it.',
  });
}

import { DrydockError } from '../template';
import type { ChartFiles, ChartModel, Subchart } from './model';

/** One entry of `dependencies` in Chart.yaml. */
export interface Dependency {
  readonly name: string;
  readonly version: string;
  /** Empty: the chart lies in `charts/`, and is neither fetched nor packed again. */
  readonly repository: '';
  readonly alias?: string;
  readonly condition?: string;
  readonly tags?: readonly string[];
}

/** The entries in the order of the subcharts: helm merges their values in it. */
export function dependenciesOf({ subcharts }: ChartModel): Dependency[] {
  return subcharts.map(({ key, model, conditions, tags }) => ({
    name: model.name,
    version: model.version,
    repository: '',
    ...(key === model.name ? {} : { alias: key }),
    ...(conditions.length > 0 ? { condition: conditions.join(',') } : {}),
    ...(tags.length > 0 ? { tags } : {}),
  }));
}

/**
 * All charts of one name in an umbrella have one folder in their parent and one set of helpers in the whole release, so
 * they must be the same chart.
 */
export class SameNames {
  private readonly before = new Map<string, { readonly where: string; readonly files: ChartFiles }>();

  add({ model: { name }, where }: Subchart, files: ChartFiles): void {
    const { before } = this;
    const first = before.get(name);
    if (!first) before.set(name, { where, files });
    else {
      const differs = [...new Set([...first.files.keys(), ...files.keys()])].find(
        (path) => first.files.get(path) !== files.get(path),
      );
      if (differs !== undefined) throw notTheSame(name, where, first.where, differs);
    }
  }
}

function notTheSame(name: string, where: string, first: string, file: string): DrydockError {
  return new DrydockError('SUBCHART_DIFFERS', {
    where,
    found: `a chart called "${name}" whose ${file} is not that of ${first}`,
    expected: 'the same chart wherever its name is used in an umbrella',
    remedy:
      'Let values make the difference, or give the charts names of their own. (Objects of cdk8s-plus bear a hash of their construct path, so they are never the same twice.)',
  });
}

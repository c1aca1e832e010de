import type { IConstruct } from 'constructs';
import { prop } from '../../core/props';
import { requireProps, requireThat } from '../require';
import { secretShape } from '../workload/shapes/env';
import type { ConfigBundleProps } from './config-bundle';

const SHAPE = prop.object<ConfigBundleProps<string, string>>({
  config: prop.map(
    prop.dataKey(),
    prop.text({ minLength: 0, isSecret: true }),
    'texts by name, such as { LOG_LEVEL: "info" }',
  ),
  labels: prop.labels(),
  secrets: prop.map(
    prop.envName(),
    secretShape,
    'keys of Secrets by name, such as { TOKEN: values.github.key("token") }',
  ),
});

/** What the API server takes as the data of one ConfigMap. */
export const MOST_BYTES = 1024 * 1024;

/** Refuses what no ConfigMap can hold. What is in it is not shown: some take it for the place of a secret. */
export function checkBundle(construct: IConstruct, props: ConfigBundleProps<string, string>): void {
  requireProps(construct, SHAPE, props);
  const written = Object.entries(props.config ?? {}).flat();
  const bytes = written.reduce<number>(
    (sum, one) => sum + (typeof one === 'string' ? Buffer.byteLength(one) : 0),
    0,
  );
  requireThat(construct, bytes <= MOST_BYTES, {
    code: 'PROP_INVALID',
    prop: 'config',
    found: `${bytes} bytes`,
    expected: `at most ${MOST_BYTES}, which is all that a ConfigMap holds`,
    remedy: 'Put large files into the image or a volume, or into more than one bundle.',
  });
}

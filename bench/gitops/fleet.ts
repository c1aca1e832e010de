/** What both controllers are to bring into the cluster: Applications of four objects each, none of which starts a pod. */

export interface App {
  readonly name: string;
  /** The repository that it is in, from 0 on. */
  readonly repository: number;
  readonly folder: string;
}

/** @param repositories over how many they are spread, as evenly as can be */
export function appsOf(count: number, repositories: number): readonly App[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `app-${String(index).padStart(5, '0')}`;
    return { name, repository: index % repositories, folder: name };
  });
}

/** The four objects as a file. In each commit that touches an Application the value is another. */
export function manifests(name: string, value: string): string {
  const labels = { app: name };
  const container = { name: 'main', image: 'localhost/none:1' };
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data: { value, colour: 'blue' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, labels } },
    {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, labels } },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
    },
    {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, labels } },
      spec: {
        ...{ replicas: 0, selector: { matchLabels: labels } },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
  ]
    .map((one) => `---\n${JSON.stringify(one, null, 2)}\n`)
    .join('');
}

/** The files of one repository; who is named has the value, all others have `0`. */
export function filesOf(
  apps: readonly App[],
  changed: ReadonlySet<string> = new Set(),
  value = '1',
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    apps.map(({ name, folder }) => [`${folder}/all.yaml`, manifests(name, changed.has(name) ? value : '0')]),
  );
}

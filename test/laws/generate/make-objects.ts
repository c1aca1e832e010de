import { ApiObject, Cron } from 'cdk8s';
import * as plus28 from 'cdk8s-plus-28';
import * as plus34 from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import { type TextPart, text } from '../../../core/template';
import type { LiteralObject, LiteralProgram } from './literal-program';
import type { Side } from './side';

/** The construct calls of a program, which are the same for both sides. */
export function make({ plus, objects }: LiteralProgram, side: Side): void {
  // The two have the same constructs under the same names, as far as the programs go.
  const kplus = plus === '28' ? plus28 : (plus34 as unknown as typeof plus28);
  for (const [index, { object, under }] of objects.entries()) {
    // A workload of cdk8s-plus in a loop is refused; a few such programs are enough.
    const isWorkload = ['deployment', 'statefulSet', 'cronJob'].includes(object.o) && objects.length > 1;
    const layers = under.filter((layer) => 'when' in layer || !isWorkload);
    const descend = (name: unknown, id: string): void => {
      const layer = layers.shift();
      if (!layer) makeOne(object, name, id, side, kplus);
      else if ('when' in layer) side.when(layer.when, () => descend(name, id));
      // A loop's body runs once an entry with literals, so what is below it must be there for each.
      else {
        const below = [...layers];
        side.each((entry, entryId) => {
          layers.splice(0, layers.length, ...below);
          descend(
            typeof entry === 'string' ? `${name}-${entry}` : text`${name as TextPart}-${entry as TextPart}`,
            `${id}-${entryId}`,
          );
        });
      }
    };
    descend(`o${index}`, `o${index}`);
  }
}

function makeOne(spec: LiteralObject, name: unknown, id: string, side: Side, kplus: typeof plus28): void {
  const scope: Construct = side.chart;
  const metadata = { name: `${name}` };
  switch (spec.o) {
    case 'kube':
      side.own(id, name, spec);
      return;
    case 'configMap': {
      // cdk8s-plus leaves out entries that are empty, which a stand-in never is; see cli/verify.real.test.ts.
      const data = Object.fromEntries(
        spec.texts.map((one, index) => [
          `text-${index}`,
          side.text({ t: 'join', parts: [{ t: 'literal', value: 'x' }, one] }),
        ]),
      );
      new kplus.ConfigMap(scope, id, { metadata, data });
      return;
    }
    case 'deployment':
    case 'statefulSet':
      workload(spec, metadata, id, side, kplus);
      return;
    case 'ingress': {
      const service = new kplus.Service(scope, `${id}-service`, { metadata, ports: [{ port: 80 }] });
      const ingress = new kplus.Ingress(scope, id, { metadata });
      const path = spec.path === 'value' ? side.path() : '/fixed';
      ingress.addHostRule(
        spec.host === 'value' ? side.host() : 'fixed.example.com',
        path,
        kplus.IngressBackend.fromService(service),
      );
      return;
    }
    case 'cronJob':
      new kplus.CronJob(scope, id, {
        metadata,
        schedule: Cron.hourly(),
        containers: [{ image: 'busybox:1', args: [side.text(spec.arg)] }],
      });
      return;
    case 'apiObject':
      new ApiObject(scope, id, {
        apiVersion: 'example.com/v1',
        kind: 'Thing',
        metadata: { ...metadata, ...(spec.spread === 'metadata' && { labels: { ...side.labels() } }) },
        spec: {
          text: side.text(spec.text),
          own: side.ownText(spec.text),
          replicas: side.number(spec.replicas),
          ...(spec.spread === 'spec' && side.labels()),
        },
      });
      return;
  }
}

function workload(
  spec: LiteralObject & { o: 'deployment' | 'statefulSet' },
  metadata: { readonly name: string },
  id: string,
  side: Side,
  kplus: typeof plus28,
): void {
  const scope: Construct = side.chart;
  const containers = [
    {
      image: `nginx:${side.text({ t: 'tag' })}`,
      portNumber: side.port(spec.port),
      envVariables: { TEXT: kplus.EnvValue.fromValue(side.text(spec.env)) },
    },
  ];
  const replicas = side.number(spec.replicas);
  if (spec.o === 'deployment') {
    const deployment = new kplus.Deployment(scope, id, { metadata, replicas, containers });
    if (spec.service) deployment.exposeViaService({ name: `${metadata.name}-exposed` });
    return;
  }
  const service = new kplus.Service(scope, `${id}-service`, { metadata, ports: [{ port: 80 }] });
  new kplus.StatefulSet(scope, id, { metadata, replicas, containers, service });
}

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  ApiObject,
  Chart,
  Cron,
  Duration,
  Include,
  type IResolver,
  JsonPatch,
  Lazy,
  type ResolutionContext,
  Size,
  YamlOutputType,
} from 'cdk8s';
import * as plus28 from 'cdk8s-plus-28';
import * as plus34 from 'cdk8s-plus-34';
import { Construct, DependencyGroup } from 'constructs';
import { buildHelm } from './stock-build';
import type { Program } from './stock-law';

const thing = (scope: Construct, id: string, more: object = {}) =>
  new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', ...more });

class WebService extends Construct {
  constructor(scope: Construct, id: string, image: string) {
    super(scope, id);
    const label = { app: this.node.path };
    new ApiObject(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: {
        replicas: 2,
        selector: { matchLabels: label },
        template: { metadata: { labels: label }, spec: { containers: [{ name: 'web', image }] } },
      },
    });
    new ApiObject(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      spec: { ports: [{ port: 80, targetPort: 8080 }], selector: label },
    });
  }
}

class UpperCaseResolver implements IResolver {
  resolve(context: ResolutionContext): void {
    if (context.key.at(-1) === 'loud' && typeof context.value === 'string' && /[a-z]/.test(context.value))
      context.replaceValue(context.value.toUpperCase());
  }
}

/** Programs in the way people write them, each for what its name says. `helm` ones need the helm binary. */
export const corpus: Readonly<Record<string, Program>> = {
  'an app without charts': (kit) => kit.newApp(),
  'a chart without objects': (kit) => {
    const app = kit.newApp();
    new Chart(app, 'empty');
    return app;
  },
  'the hello of the cdk8s documentation, with a construct of its own': (kit) => {
    const app = kit.newApp();
    const chart = new Chart(app, 'hello', { namespace: 'web', labels: { team: 'blue' } });
    new WebService(chart, 'hello', 'paulbouwer/hello-kubernetes:1.7');
    new WebService(chart, 'ghost', 'ghost');
    return app;
  },
  'cdk8s-plus-28: deployment, service, ingress, autoscaler, volumes, probes': (kit) => {
    const app = kit.newApp();
    const chart = new Chart(app, 'plus');
    const config = new plus28.ConfigMap(chart, 'config', { data: { 'app.conf': 'a=1\n\nb=2\n' } });
    const deployment = new plus28.Deployment(chart, 'web', {
      spread: true,
      terminationGracePeriod: Duration.seconds(45),
      containers: [
        {
          image: 'nginx:1.27',
          portNumber: 8080,
          liveness: plus28.Probe.fromHttpGet('/healthz', { periodSeconds: Duration.seconds(7) }),
          resources: { cpu: { request: plus28.Cpu.millis(50) }, memory: { limit: Size.mebibytes(64) } },
          envVariables: { A: plus28.EnvValue.fromConfigMap(config, 'app.conf') },
        },
      ],
    });
    deployment.containers[0]?.mount('/etc/app', plus28.Volume.fromConfigMap(chart, 'volume', config));
    const service = deployment.exposeViaService({ ports: [{ port: 80, targetPort: 8080 }] });
    service.exposeViaIngress('/', { pathType: plus28.HttpIngressPathType.PREFIX });
    new plus28.HorizontalPodAutoscaler(chart, 'hpa', { target: deployment, maxReplicas: 5 });
    return app;
  },
  'cdk8s-plus-34: stateful set, cron job, role binding, network policy, colocation': (kit) => {
    const app = kit.newApp({ yamlOutputType: YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE });
    const chart = new Chart(app, 'plus34', { disableResourceNameHashes: true });
    const container = { image: 'redis', portNumber: 6379 };
    const service = new plus34.Service(chart, 'service', { ports: [{ port: 6379 }] });
    const redis = new plus34.StatefulSet(chart, 'redis', { service, containers: [container] });
    const client = new plus34.Deployment(chart, 'client', {
      containers: [{ image: 'client', portNumber: 1 }],
    });
    client.scheduling.colocate(redis);
    client.connections.allowTo(redis);
    const account = new plus34.ServiceAccount(chart, 'account');
    const role = new plus34.Role(chart, 'role');
    role.allowRead(plus34.ApiResource.PODS);
    role.bind(account);
    new plus34.CronJob(chart, 'backup', { schedule: Cron.daily(), containers: [{ image: 'backup' }] });
    return app;
  },
  'an included manifest, changed afterwards': (kit) => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'corpus-')), 'in.yaml');
    writeFileSync(
      file,
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {x: "1"}}\ndata: {mode: "0775", at: 2001-01-01}\n---\n---\nkind: Secret\napiVersion: v1\nmetadata: {name: b}\n',
    );
    const app = kit.newApp();
    const include = new Include(new Chart(app, 'included'), 'in', { url: file });
    for (const object of include.apiObjects) object.metadata.addLabel('seen', 'yes');
    include.apiObjects[0]?.addJsonPatch(
      JsonPatch.add('/data/z', 'last'),
      JsonPatch.add('/data/b', 'after z'),
    );
    return app;
  },
  'helm: a chart inside a chart of cdk8s, patched': (kit) => {
    const app = kit.newApp();
    const chart = new Chart(app, 'with-helm', { namespace: 'there' });
    if (kit.helm) buildHelm(chart, 'greeting', 'two\nlines', kit.helm, kit);
    for (const object of chart.node.findAll().filter(ApiObject.isApiObject))
      (object as ApiObject).addJsonPatch(JsonPatch.replace('/data/message', 'changed'));
    return app;
  },
  'charts that depend on each other, backwards': (kit) => {
    const app = kit.newApp();
    const charts = ['web', 'api', 'db', 'namespace'].map((id) => new Chart(app, id));
    for (const chart of charts) new WebService(chart, 'service', chart.node.id);
    for (const [index, chart] of charts.entries())
      if (index < charts.length - 1) chart.addDependency(charts[index + 1] as Chart);
    return app;
  },
  'objects that depend on each other, across groups and charts': (kit) => {
    const app = kit.newApp({ yamlOutputType: YamlOutputType.FILE_PER_APP });
    const first = new Chart(app, 'first');
    const second = new Chart(app, 'second');
    const [one, two] = [new WebService(first, 'one', 'a'), new WebService(first, 'two', 'b')];
    one.node.addDependency(two);
    thing(first, 'last');
    one.node.addDependency(thing(second, 'far'), thing(first, 'near'));
    thing(second, 'own').node.addDependency(new DependencyGroup(thing(second, 'x'), thing(second, 'y')));
    return app;
  },
  'charts inside charts, three deep, with integers for names': (kit) => {
    const app = kit.newApp();
    const outer = new Chart(app, '10');
    const middle = new Chart(outer, '2');
    thing(new Chart(middle, '1'), '7');
    thing(new Chart(new Construct(outer, 'group'), 'not-a-direct-child'), 'a').addDependency(
      thing(outer, 'b'),
    );
    thing(middle, '0');
    thing(new Chart(app, '9'), 'z');
    return app;
  },
  'lazy values, tokens, numbers or strings, nothing at all': (kit) => {
    const app = kit.newApp();
    const chart = new Chart(app, 'lazy');
    let late = 'early';
    thing(chart, 'a', {
      data: {
        late: Lazy.any({ produce: () => ({ nested: [late, Lazy.any({ produce: () => 3 })] }) }),
        token: { resolve: () => ({ resolve: () => 'twice' }) },
        gone: null,
        empty: {},
        list: [null, undefined, []],
      },
      port: plus28.k8s.IntOrString.fromNumber(8080),
    });
    late = 'late';
    return app;
  },
  'resolvers of the program, the first of which wins': (kit) => {
    const app = kit.newApp({ resolvers: [new UpperCaseResolver()] });
    thing(new Chart(app, 'resolved'), 'a', {
      metadata: { annotations: { loud: 'quiet' } },
      data: { loud: 'x', b: 'y' },
    });
    return app;
  },
  'every JSON patch operation, which leaves keys unsorted': (kit) => {
    const app = kit.newApp();
    thing(new Chart(app, 'patched'), 'a', { data: { m: '1', list: ['a', 'b'] } }).addJsonPatch(
      JsonPatch.test('/data/m', '1'),
      JsonPatch.add('/data/b', { z: 1, a: 2 }),
      JsonPatch.add('/data/list/-', 'c'),
      JsonPatch.copy('/data/b', '/data/a'),
      JsonPatch.move('/data/m', '/moved'),
      JsonPatch.remove('/data/list/0'),
      JsonPatch.replace('/kind', 'Changed'),
      JsonPatch.add('/nothing', null),
    );
    return app;
  },
  'texts that YAML could take for something else': (kit) => {
    const app = kit.newApp();
    const texts = [
      'yes',
      'No',
      '~',
      '0777',
      '1_000',
      '12:30',
      '1e3',
      'e0',
      '.5',
      '=',
      '<<',
      '- a',
      'a: b',
      'a #b',
      ' a',
      'a ',
    ];
    const more = [
      '',
      '\n',
      'a\nb',
      'a\n\n',
      ' a\nb',
      '---',
      'a\n---\nb',
      '#!/bin/sh\nset -e\n',
      'ü',
      '\u0007',
      '"',
      "it's",
    ];
    const data = Object.fromEntries([...texts, ...more].map((text, index) => [`key-${index}`, text]));
    const keys = Object.fromEntries(texts.map((text) => [text, text]));
    thing(new Chart(app, 'texts'), 'a', { data, keys, list: [...texts, ...more], deep: [[[{ a: texts }]]] });
    return app;
  },
  'numbers of every kind': (kit) => {
    const app = kit.newApp();
    thing(new Chart(app, 'numbers'), 'a', {
      list: [0, -0, 1.5, -1, 1e21, 1e-7, 2 ** 53, Number.NaN, Infinity, 12n],
    });
    return app;
  },
  'a file an object, two charts': (kit) => {
    const app = kit.newApp({ yamlOutputType: YamlOutputType.FILE_PER_RESOURCE, outputFileExtension: '.yml' });
    for (const id of ['one', 'two']) new WebService(new Chart(app, id), 'service', 'a:b/c');
    thing(new Chart(app, 'odd'), 'a', { metadata: { name: 'a/b:c d' } });
    return app;
  },
  'a file an object, where the JSON has another kind and name than the construct': (kit) => {
    const app = kit.newApp({ yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
    const object = thing(new Chart(app, 'renamed'), 'a');
    object.addJsonPatch(JsonPatch.replace('/kind', 'Secret'), JsonPatch.replace('/metadata/name', 'other'));
    return app;
  },
  'a folder a chart, where the JSON has another kind and name than the construct, and an empty chart': (
    kit,
  ) => {
    const app = kit.newApp({ yamlOutputType: YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE });
    const object = thing(new Chart(app, 'renamed'), 'a');
    object.addJsonPatch(JsonPatch.replace('/kind', 'Secret'), JsonPatch.replace('/metadata/name', 'other'));
    new Chart(app, 'empty');
    return app;
  },
  'construct metadata for validations, with a name twice': (kit) => {
    const app = kit.newApp({ recordConstructMetadata: true });
    const chart = new Chart(app, 'recorded');
    thing(chart, 'a', { metadata: { name: 'same' } });
    thing(chart, 'b', { kind: 'Secret', metadata: { name: 'same' } });
    thing(chart, 'c', { metadata: { name: '7' } });
    return app;
  },
  'a chart that changes its own JSON, and gives nothing for one object': (kit) => {
    class Odd extends Chart {
      override toJson() {
        return [
          ...super.toJson().map((json) => ({ z: 1, ...json })),
          undefined,
          { kind: 'Extra', metadata: { name: 'x' } },
        ];
      }
    }
    const app = kit.newApp({ recordConstructMetadata: true });
    thing(new Odd(app, 'odd'), 'a');
    return app;
  },
  'an object with a toJson of its own': (kit) => {
    class Odd extends ApiObject {
      override toJson() {
        const shared = { same: true };
        return { ...super.toJson(), b: shared, a: shared };
      }
    }
    const app = kit.newApp();
    new Odd(new Chart(app, 'odd'), 'a', { apiVersion: 'v1', kind: 'Odd' });
    return app;
  },
  'a validation that fails': (kit) => {
    const app = kit.newApp();
    const chart = new Chart(app, 'invalid');
    chart.node.addValidation({ validate: () => ['first', 'second'] });
    thing(chart, 'a').node.addValidation({ validate: () => ['third'] });
    return app;
  },
  'a cycle between charts': (kit) => {
    const app = kit.newApp();
    const [one, two] = [new Chart(app, 'one'), new Chart(app, 'two')];
    one.addDependency(two);
    two.addDependency(one);
    return app;
  },
  'an object whose JSON cannot be made': (kit) => {
    const app = kit.newApp();
    thing(new Chart(app, 'broken'), 'a', { data: { at: new Date(0) } });
    return app;
  },
};

/** Programs of which stock writes less than it was given. */
export const losses: Readonly<Record<string, Program>> = {
  'two objects of one kind and name, a file an object': (kit) => {
    const app = kit.newApp({ yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
    thing(new Chart(app, 'one'), 'a', { metadata: { name: 'same' } });
    thing(new Chart(app, 'two', { namespace: 'elsewhere' }), 'b', { metadata: { name: 'same' } });
    return app;
  },
  'two objects of one kind and name in one chart, a folder a chart': (kit) => {
    const app = kit.newApp({ yamlOutputType: YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE });
    const chart = new Chart(app, 'one');
    thing(chart, 'a', { metadata: { name: 'same' } });
    thing(chart, 'b', { metadata: { name: 'same' } });
    return app;
  },
  'two charts that come to one file name': (kit) => {
    const app = kit.newApp();
    const odd = new Chart(app, 'Web UI');
    thing(odd, 'a');
    thing(new Chart(app, `webui-${odd.node.addr.slice(0, 8)}`), 'b');
    return app;
  },
};

import type { Construct } from 'constructs';
import { SecureService } from '../../constructs';
import { text } from '../../core/template';
import { HelmChart, KubeObject, keepOnUninstall, release } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { placeholder } from '../secure-service/placeholder';

const webValues = defineValues({
  replicas: value.integer({ default: 1, min: 1, max: 3, doc: 'How many pods run' }),
  greeting: value.string({ default: 'hello', pattern: '^[a-z]*$', doc: 'What it says' }),
});

class Web extends HelmChart<typeof webValues> {
  constructor(scope: Construct, id: string) {
    super(scope, id, { name: 'web', description: 'A small web server', values: webValues });
    new SecureService(this, 'server', {
      ...placeholder,
      replicas: webValues.replicas,
      env: { GREETING: webValues.greeting },
    });
  }
}

const pairValues = defineValues({
  zone: value.dnsName({ default: 'north', doc: 'Where it is' }),
  web: value.subchart(webValues, { values: { greeting: 'welcome' } }),
  spare: value.subchart(webValues, { enabled: false }),
});

/** An umbrella of two small services, one of which can be left out, with data and a namespace that outlive it. */
export class Pair extends HelmChart<typeof pairValues> {
  constructor(scope: Construct) {
    super(scope, 'pair', { version: '1.2.3', description: 'Two web servers', values: pairValues });
    new KubeObject(this, 'about', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: this.nameFor('about') },
      data: { zone: pairValues.zone },
    });
    const data = new KubeObject(this, 'data', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: this.nameFor('data') },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
    });
    keepOnUninstall(data);
    new KubeObject(this, 'boxes', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: text`${release.namespace}-${this.fullname}` },
    });
    new Web(this, 'web');
    new Web(this, 'spare');
  }
}

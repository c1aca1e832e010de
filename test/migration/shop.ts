import type { Construct } from 'constructs';
import { BUSYBOX_IMAGE } from '../../cluster';
import { ConfigBundle, Migration, Probe, SecureService } from '../../constructs';
import { text } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { placeholder } from '../secure-service/placeholder';

/** A chart that brings two databases, migrates the one that its secret names, and has a service that is ready after that. */

const values = defineValues({
  schema: value.integer({
    default: 1,
    min: 1,
    max: 9,
    doc: 'The version of the schema that this release expects',
  }),
  level: value.string({ default: 'info', pattern: '^[a-z]+$', doc: 'Something in a ConfigMap' }),
  memory: value.memory({ default: '48Mi', doc: 'Memory of the migration' }),
  tries: value.integer({ default: 5, min: 0, max: 9, doc: 'How often the migration is tried again' }),
  database: value.secret({ doc: 'The database', keys: { url: 'Where it is' } }),
});

/** It answers late, tells its version, and goes to a higher one, never to a lower one; not at all where it is locked. */
const DATABASE = `
mkdir -p /tmp/www/cgi-bin && cd /tmp/www && echo 0 >version && echo well >health && echo ready >ready
cat >cgi-bin/migrate <<'CGI'
#!/bin/sh
echo 'content-type: text/plain'
echo
[ ! -e /tmp/locked ] || { echo locked; exit; }
at=$(cat /tmp/www/version)
if [ "$at" -ge "$QUERY_STRING" ]; then echo "nothing to do at $at"; exit; fi
echo "$QUERY_STRING" >/tmp/www/version
echo "from $at to $QUERY_STRING"
CGI
chmod +x cgi-bin/migrate
sleep 3
exec httpd -f -p 8080 -h /tmp/www
`;

/** A network policy takes a moment to know a new pod, so it asks a few times before it leaves the rest to the Job. */
const MIGRATE = `
echo "reads $URL, $LEVEL, $EXTRA"
for try in 1 2 3 4 5 6; do
  if answer=$(timeout 2 wget -q -O - "$URL/cgi-bin/migrate?$SCHEMA"); then
    echo "$answer"
    [ "$answer" != locked ]
    exit
  fi
  sleep 1
done
exit 1
`;

const IS_MIGRATED = `[ "$(timeout 3 wget -q -O - "$URL/version")" -ge "$SCHEMA" ]`;

const program = { ...placeholder, preStopSeconds: 1 } as const;

export class Shop extends HelmChart<typeof values> {
  /** @param withExtra whether the program is the next one, which reads one key more of a longer ConfigMap */
  constructor(scope: Construct, withExtra = false) {
    super(scope, 'shop', { description: 'test', values, version: withExtra ? '2.0.0' : '1.0.0' });
    const extra = withExtra ? { EXTRA: 'more' } : {};
    const config = new ConfigBundle<string, string>(this, 'config', {
      config: { LEVEL: values.level, ...(extra as Readonly<Record<string, string>>) },
      secrets: { URL: values.database.key('url') },
    });
    const databases = ['one', 'two'].map((id) => {
      return new SecureService(this, id, { ...program, command: ['sh', '-c', DATABASE] });
    });
    const env = { SCHEMA: text`${values.schema}`, ...config.env('URL') };
    new Migration(this, 'migrate', {
      image: BUSYBOX_IMAGE,
      command: ['sh', '-c', MIGRATE],
      resources: { cpu: '10m', memory: values.memory, ephemeralStorage: '64Mi' },
      env: { ...env, ...config.env('LEVEL', ...Object.keys(extra)) },
      backoffLimit: values.tries,
      serviceAccount: {},
      allowTo: databases,
    });
    new SecureService(this, 'api', {
      ...program,
      env,
      allowTo: databases,
      probes: { readiness: Probe.exec(['sh', '-c', IS_MIGRATED], { periodSeconds: 1, timeoutSeconds: 5 }) },
    });
  }
}

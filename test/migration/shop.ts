import type { Construct } from 'constructs';
import { BUSYBOX_IMAGE } from '../../cluster';
import { ConfigBundle, Migration, Probe, SecureService } from '../../constructs';
import { text } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { placeholder } from '../secure-service/placeholder';

/** A chart that brings its own database, migrates it, and has a service that is ready when the schema is there. */

const values = defineValues({
  schema: value.integer({
    default: 1,
    min: 1,
    max: 9,
    doc: 'The version of the schema that this release expects',
  }),
  level: value.string({ default: 'info', pattern: '^[a-z]+$', doc: 'Something in a ConfigMap' }),
  memory: value.memory({ default: '32Mi', doc: 'Memory of the migration' }),
  broken: value.boolean({ default: false, doc: 'Let the migration fail' }),
  database: value.secret({ doc: 'The database', keys: { url: 'Where it is' } }),
});

/** It answers late, tells its version, and goes to a higher one, never to a lower one. */
const DATABASE = `
mkdir -p /tmp/www/cgi-bin && cd /tmp/www && echo 0 >version && echo well >health && echo ready >ready
cat >cgi-bin/migrate <<'CGI'
#!/bin/sh
echo 'content-type: text/plain'
echo
at=$(cat /tmp/www/version)
if [ "$at" -ge "$QUERY_STRING" ]; then echo "nothing to do at $at"; exit; fi
echo "$QUERY_STRING" >/tmp/www/version
echo "from $at to $QUERY_STRING"
CGI
chmod +x cgi-bin/migrate
sleep 5
exec httpd -f -p 8080 -h /tmp/www
`;

/** The static busybox of the tests has no resolver for wget. */
const FIND_DATABASE = `
found=$(nslookup "$DATABASE.$NAMESPACE.svc.cluster.local" | sed -n '/^Name/,$ s/^Address: //p' | head -n 1)
`;

/** A network policy takes a moment to know a new pod, so it asks three times before it leaves the rest to the Job. */
const MIGRATE = `
echo "reads $URL, $LEVEL, $EXTRA"
[ "$BROKEN" = no ] || exit 1
for try in 1 2 3; do
  ${FIND_DATABASE}
  [ -n "$found" ] && wget -q -T 2 -O - "http://$found/cgi-bin/migrate?$SCHEMA" && exit
  sleep 1
done
exit 1
`;

const IS_MIGRATED = `${FIND_DATABASE}
[ "$(wget -q -T 2 -O - "http://$found/version")" -ge "$SCHEMA" ]`;

export class Shop extends HelmChart<typeof values> {
  /** @param withExtra whether the program is the next one, which reads one key more of a longer ConfigMap */
  constructor(scope: Construct, withExtra = false) {
    super(scope, 'shop', { description: 'test', values, version: withExtra ? '2.0.0' : '1.0.0' });
    const config = new ConfigBundle(this, 'config', {
      config: { LEVEL: values.level, ...((withExtra ? { EXTRA: 'more' } : {}) as { EXTRA: string }) },
      secrets: { URL: values.database.key('url') },
    });
    const db = new SecureService(this, 'db', { ...placeholder, command: ['sh', '-c', DATABASE] });
    const env = {
      DATABASE: db.serviceName,
      NAMESPACE: { field: 'metadata.namespace' },
      SCHEMA: text`${values.schema}`,
    } as const;
    new Migration(this, 'migrate', {
      image: BUSYBOX_IMAGE,
      command: ['sh', '-c', MIGRATE],
      resources: { cpu: '10m', memory: values.memory, ephemeralStorage: '64Mi' },
      env: {
        ...env,
        ...config.env('URL', 'LEVEL', ...(withExtra ? (['EXTRA'] as const) : [])),
        BROKEN: values.broken.then('yes', 'no'),
      },
      backoffLimit: 5,
      allowTo: [db],
    });
    new SecureService(this, 'api', {
      ...placeholder,
      env,
      allowTo: [db],
      probes: { readiness: Probe.exec(['sh', '-c', IS_MIGRATED], { periodSeconds: 1, timeoutSeconds: 3 }) },
    });
  }
}

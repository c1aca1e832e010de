import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { TodoStackChart } from '../../charts';
import { storage } from '../../cluster/images/build';
import { Testing } from '../../core/synth';
import { temporaryFolder } from '../package/consumer';
import { linux, needs, root } from '../support/needs';
import { withImagesByScript } from './by-script';
import { imageOf } from './image-of';
import { workloadImage, workloads } from './images';
import { oneAtATime } from './one-at-a-time';
import { buildah, LARGEST, megabytesOf, whatIsIn } from './what-is-in';

// The first run builds the images; the next ones find them.
jest.setTimeout(600_000);

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;

const services = { frontend: 3000, backend: 8000, 'mcp-server': 8001, 'ai-agent': 8002 } as const;

const programs = [...Object.keys(services).map((service) => `todo-${service}`), 'model-script', 'ci-fixer'];

/** The variables of a service as its chart sets them, with a right value for each secret. */
function variablesOf(objects: Any[], service: string): Record<string, string> {
  const secrets: Record<string, string> = {
    DATABASE_URL: 'postgres://todo:secret@127.0.0.1:1/todo',
    BETTER_AUTH_SECRET: 'k'.repeat(32),
    OPENAI_API_KEY: 'sk-of-a-test',
  };
  return Object.fromEntries(
    containerOf(objects, service).env.map(({ name, valueFrom }: Any) => {
      const { configMapKeyRef } = valueFrom;
      const map = objects.find(
        ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMapKeyRef?.name,
      );
      return [name, configMapKeyRef ? map.data[configMapKeyRef.key] : secrets[name]];
    }),
  );
}

function containerOf(objects: Any[], service: string): Any {
  return objects.find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === `todo-app-${service}`,
  ).spec.template.spec.containers[0];
}

/**
 * Runs an image as its chart does, as far as a pod can be had without a cluster: its user, a root filesystem that cannot be
 * written, the folders that can, its variables, and a network of its own in which there is nobody else.
 */
const RUN = `
set -e
ip link set lo up
container=$($BUILDAH from --pull-never "$IMAGE")
trap 'umount -R "$root" || true; $BUILDAH rm "$container" >/dev/null' EXIT
root=$($BUILDAH mount "$container")
for folder in $WRITABLE; do mkdir -p "$root$folder"; done
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
for folder in $WRITABLE; do mount -t tmpfs -o mode=1777 tmpfs "$root$folder"; done
mount -o remount,ro,bind "$root"
inside() { chroot --userspec="$RUN_AS" "$root" env -i PATH=/usr/local/bin:/usr/bin:/bin "$@"; }
echo "tools: $(inside sh -c 'command -v npm npx yarn corepack tsc gcc || true')"
echo "writes: $(inside sh -c 'touch /app/x 2>/dev/null && echo yes || echo no')"
chroot --userspec="$RUN_AS" "$root" env -i PATH=/usr/local/bin:/usr/bin:/bin $VARIABLES \\
  node "/app/$PROGRAM/main.js" >/dev/null &
program=$!
tries=0
until inside node /app/shared/healthcheck.js "$PORT"; do
  tries=$((tries + 1))
  [ $tries -lt 40 ] || { echo "never healthy"; kill -KILL $program; exit 1; }
  sleep 0.25
done
echo "healthy"
inside node -e "fetch('http://127.0.0.1:$PORT$READY').then((a) => console.log('ready: ' + a.status))"
kill -TERM $program
wait $program && echo "ended: 0" || echo "ended: $?"
`;

needs(linux, root).describe('the image of', () => {
  test.each(Object.entries(services))('%s runs as its chart has it', async (service, port) => {
    const program = `todo-${service}`;
    const image = await workloadImage(program);
    const objects = Testing.synth(new TodoStackChart(Testing.app())) as Any[];
    const { spec } = objects.find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === `todo-app-${service}`,
    ).spec.template;
    const container = containerOf(objects, service);
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
    expect([container.ports[0].containerPort, container.livenessProbe.httpGet.path]).toEqual([
      port,
      '/health',
    ]);
    const run = spawnSync('unshare', ['-m', '-n', 'sh', '-c', RUN], {
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        BUILDAH: ['buildah', ...storage()].join(' '),
        IMAGE: image,
        PROGRAM: program,
        PORT: String(port),
        READY: container.readinessProbe.httpGet.path,
        RUN_AS: `${spec.securityContext.runAsUser}:${spec.securityContext.runAsGroup}`,
        WRITABLE: container.volumeMounts.map(({ mountPath }: Any) => mountPath).join(' '),
        VARIABLES: Object.entries(variablesOf(objects, service))
          .map(([name, value]) => `${name}=${value}`)
          .join(' '),
      },
    });
    // Nothing of what it needs is there, so it is not ready, and says so.
    expect([run.stderr, run.stdout]).toEqual(['', 'tools: \nwrites: no\nhealthy\nready: 503\nended: 0\n']);
  });

  test.each(programs)(
    '%s has a user without rights, a health check and a size that is kept',
    async (program) => {
      const image = await imageOf(program);
      const { Docker } = JSON.parse(buildah(['inspect', '--type=image', image]));
      expect(Docker.config.User).toBe('1000:1000');
      expect(Docker.config.Healthcheck.Test.slice(0, 3)).toEqual([
        'CMD',
        'node',
        '/app/shared/healthcheck.js',
      ]);
      expect(Docker.config.Entrypoint).toEqual(['node', `/app/${program}/main.js`]);
      expect(megabytesOf(image)).toBeLessThan(LARGEST[program] ?? 250);
    },
  );

  test.each([...programs, 'jujutsu-gitops-controller'])(
    '%s has the packages that its SBOM names, and no others',
    async (program) => {
      const bill = JSON.parse(
        execFileSync(process.execPath, [join(workloads, 'scripts', 'sbom.js'), program], {
          encoding: 'utf8',
        }),
      ) as { components: { group?: string; name: string; version: string }[] };
      const named = bill.components.map(({ group, name, version }) =>
        [group, `${name}@${version}`].filter(Boolean).join('/'),
      );
      expect(packagesIn(await imageOf(program))).toEqual(named.sort());
    },
  );

  test('the same input gives the same image, whenever it is built, and by build-images.sh too', async () => {
    const first = await workloadImage('model-script');
    const { path: clone, remove } = temporaryFolder('clone');
    try {
      commitWorkloads(clone);
      await oneAtATime('images', () =>
        withImagesByScript(clone, ['model-script'], ([again = '']) =>
          expect(whatIsIn(again)).toEqual(whatIsIn(first)),
        ),
      );
    } finally {
      remove();
    }
  });
});

/** A repository of the programs as they are now: the script builds what is in a commit. */
function commitWorkloads(clone: string): void {
  const filter = (path: string) => !path.includes('node_modules');
  cpSync(workloads, join(clone, 'workloads'), { recursive: true, filter });
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    [...who, 'commit', '-q', '-m', 'all'],
  ])
    execFileSync('git', args, { cwd: clone });
}

/** Every package that lies in an image, as name@version. */
const LIST = `
set -e
container=$($BUILDAH from --pull-never "$IMAGE")
trap '$BUILDAH rm "$container" >/dev/null' EXIT
find "$($BUILDAH mount "$container")/app/node_modules" -name package.json -print0 | xargs -0 "$NODE" -e "$READ"
`;
// What a package has deeper inside is part of it, and no package.
const READ = `
for (const file of process.argv.slice(1)) {
  if (!/node_modules\\/(@[^/]+\\/)?[^/]+\\/package\\.json$/.test(file)) continue;
  const { name, version } = JSON.parse(require('fs').readFileSync(file, 'utf8'));
  console.log(name + '@' + version);
}`;

function packagesIn(image: string): string[] {
  const env = {
    PATH: process.env.PATH,
    BUILDAH: ['buildah', ...storage()].join(' '),
    NODE: process.execPath,
    IMAGE: image,
    READ,
  };
  const run = spawnSync('unshare', ['-m', 'sh', '-c', LIST], { encoding: 'utf8', env });
  expect([run.status, run.stderr]).toEqual([0, '']);
  return [...new Set(run.stdout.trim().split('\n'))].sort();
}

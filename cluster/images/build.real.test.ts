import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BASE_IMAGE, sharedCluster, withNamespace } from '..';
import { pod } from '../testing-only/pods';
import { ensureBaseImage } from './build';

jest.setTimeout(300_000);

const DOCKERFILE = `ARG BASE=docker.io/library/debian:bookworm-slim
FROM \${BASE} AS build
COPY words /words
RUN tr a-z A-Z < /words > /shouted && (cat < /dev/tcp/1.1.1.1/80 || echo no network) 2>/dev/null
FROM \${BASE}
COPY --from=build /shouted /shouted
USER 1000
ENTRYPOINT ["cat", "/shouted"]
`;

function context(dockerfile: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-context-'));
  writeFileSync(path.join(folder, 'Dockerfile'), dockerfile);
  writeFileSync(path.join(folder, 'words'), 'built here\n');
  return folder;
}

test('an image built from a Dockerfile in two stages runs in the cluster', async () => {
  const cluster = await sharedCluster();
  const folder = context(DOCKERFILE);
  try {
    const image = await cluster.buildImage({
      tag: 'localhost/shout:1',
      context: folder,
      args: { BASE: BASE_IMAGE },
    });
    await withNamespace(cluster, async (namespace) => {
      const container = { image, imagePullPolicy: 'Never', command: undefined };
      await namespace.apply(pod('shout', [], { container, spec: { restartPolicy: 'Never' } }));
      const done = '--for=jsonpath={.status.phase}=Succeeded';
      await namespace.kubectl(['wait', done, 'pod/shout', '--timeout=60s']);
      expect((await namespace.kubectl(['logs', 'shout'])).stdout).toBe('BUILT HERE\n');
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a Dockerfile that fails says so with the lines of the build', async () => {
  const cluster = await sharedCluster();
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the Dockerfile's own placeholder
  const folder = context('ARG BASE\nFROM ${BASE}\nRUN echo about to fail && exit 3\n');
  const build = cluster.buildImage({ tag: 'localhost/fails:1', context: folder, args: { BASE: BASE_IMAGE } });
  await expect(build).rejects.toMatchObject({
    code: 'IMAGE_FAILED',
    found: expect.stringContaining('status 3'),
  });
  rmSync(folder, { recursive: true });
});

describe('the base image is made of nothing that Debian did not sign', () => {
  let folder: string;
  const before = process.env.DRYDOCK_CACHE;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-mirror-'));
    // An empty cache, so that there is an image to make.
    process.env.DRYDOCK_CACHE = path.join(folder, 'cache');
  });
  afterEach(() => {
    if (before === undefined) delete process.env.DRYDOCK_CACHE;
    else process.env.DRYDOCK_CACHE = before;
    rmSync(folder, { recursive: true });
  });

  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

  test('a mirror without a signature is refused', async () => {
    const release = path.join(folder, 'mirror', 'dists', 'bookworm');
    mkdirSync(release, { recursive: true });
    writeFileSync(path.join(release, 'Release'), 'Codename: bookworm\nComponents: main\n');
    const made = ensureBaseImage(() => {}, { keyring, mirror: `file://${path.join(folder, 'mirror')}` });
    await expect(made).rejects.toMatchObject({
      code: 'IMAGE_FAILED',
      found: expect.stringMatching(/Release\.gpg|signature|signed/),
    });
  });

  test('without the keys of Debian it says which package has them', async () => {
    const made = ensureBaseImage(() => {}, {
      keyring: path.join(folder, 'none.gpg'),
      mirror: 'file:///nowhere',
    });
    await expect(made).rejects.toMatchObject({
      code: 'IMAGE_FAILED',
      found: expect.stringContaining('none.gpg'),
      remedy: expect.stringContaining('debian-archive-keyring'),
    });
  });
});

import { createHash } from 'node:crypto';
import { type TarEntry, tar } from './tar';

/** A small image made here: its name, its files, what it runs. */
export interface ImageDescription {
  readonly name: string;
  readonly files: readonly TarEntry[];
  readonly entrypoint: readonly string[];
  readonly user?: string;
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** An image of one layer, as the archive that `docker save` writes and containerd imports. */
export function imageArchive(image: ImageDescription): Buffer {
  const layer = tar(image.files);
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: {
        Entrypoint: image.entrypoint,
        User: image.user ?? '',
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      },
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
    }),
  );
  const configName = `${sha256(config)}.json`;
  const layerName = `${sha256(layer)}/layer.tar`;
  const manifest = Buffer.from(
    JSON.stringify([{ Config: configName, RepoTags: [image.name], Layers: [layerName] }]),
  );
  return tar([
    { name: configName, content: config },
    { name: layerName, content: layer },
    { name: 'manifest.json', content: manifest },
  ]);
}

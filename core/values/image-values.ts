import { DIGEST_PATTERN, type Expression, REPOSITORY_PATTERN, TAG_PATTERN, text } from '../template';
import type { Declaration } from './declaration';
import { string } from './text';

export interface ImageValuesOptions {
  /** The image without tag and digest, such as `registry.example.com/app`. */
  readonly repository: string;
  /** The version that the chart was made for. */
  readonly tag: string;
  /**
   * What a tag looks like.
   * @default - as registries take it
   */
  readonly tagPattern?: string;
  /** @default 'Tag of the image' */
  readonly tagDoc?: string;
}

/** Values of an image, as every operator looks for them. */
export type ImageValues = {
  readonly repository: Declaration<string>;
  readonly tag: Declaration<string>;
  readonly digest: Declaration<string>;
};

/** The values `repository`, `tag` and `digest` of an image, for a group such as `image: { ...value.imageParts({...}) }`. */
export function imageParts({ repository, tag, tagPattern, tagDoc }: ImageValuesOptions): ImageValues {
  return {
    repository: string({
      default: repository,
      pattern: REPOSITORY_PATTERN,
      doc: 'The image, without tag and digest',
    }),
    tag: string({ default: tag, pattern: tagPattern ?? TAG_PATTERN, doc: tagDoc ?? 'Tag of the image' }),
    digest: string({
      default: '',
      pattern: DIGEST_PATTERN,
      doc: 'Digest of the image, sha256:...; it decides which image runs, whatever the tag says',
    }),
  };
}

/**
 * The reference of an image whose parts are values: with its digest where one is given, so that it cannot change.
 *
 * @example
 * const values = defineValues({
 *   image: { ...value.imageParts({ repository: 'registry.example.com/shop', tag: '1.4.2' }) },
 * });
 * new SecureService(shop, 'web', { image: imageReference(values.image), port: 8080, resources: 'small' });
 */
export function imageReference(parts: {
  readonly repository: Expression<string>;
  readonly tag: Expression<string>;
  readonly digest: Expression<string>;
}): Expression<string> {
  const { repository, tag, digest } = parts;
  return text`${repository}:${tag}${digest.equals('').then('', text`@${digest}`) as Expression<string>}`;
}

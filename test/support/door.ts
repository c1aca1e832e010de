import { PropError, prop, requireProps } from '../../core/props';

/** Props of an invented construct, which have a shape of each kind. */
export interface Door {
  readonly image: string;
  readonly port: number;
  readonly replicas?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly mode?: 'open' | 'closed' | false;
  readonly secret?: string;
  readonly folders?: readonly (string | { readonly path: string })[];
}

export const DOOR = prop.object<Door>({
  image: prop.image().required(),
  port: prop.port().required(),
  replicas: prop.integer({ min: 1, max: 9 }),
  labels: prop.labels(),
  mode: prop.byKind(
    { text: prop.oneOf(['open', 'closed', 'half-open']), boolean: prop.exactly(false) },
    'a mode or false',
  ),
  secret: prop.text({ isSecret: true, maxLength: 3 }),
  folders: prop.list(
    prop.byKind(
      {
        text: prop.absolutePath(),
        object: prop.object<{ path: string }>({ path: prop.absolutePath().required() }),
      },
      'a path',
    ),
  ),
});

/** Props of a door that are right. */
export const RIGHT = { image: 'example.com/app:1', port: 80 };

/** The error of props that have to be refused. */
export function refusalOf(props: unknown): PropError {
  try {
    requireProps('shop/door', DOOR, props);
  } catch (error) {
    if (error instanceof PropError) return error;
    throw error;
  }
  throw new Error('accepted');
}

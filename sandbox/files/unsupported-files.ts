import { unsupported } from '../commands/unsupported';
import type { Files } from './files';

/** Files of a sandbox without a supervisor: there are none. */
export class UnsupportedFiles implements Files {
  readonly #sandboxId: string;

  constructor(sandboxId: string) {
    this.#sandboxId = sandboxId;
  }

  readonly read = (): Promise<never> => this.#refuse('read');
  readonly write = (): Promise<never> => this.#refuse('write');
  readonly list = (): Promise<never> => this.#refuse('list');
  readonly stat = (): Promise<never> => this.#refuse('stat');
  readonly watch = (): Promise<never> => this.#refuse('watch');
  readonly remove = (): Promise<never> => this.#refuse('remove');
  readonly makeFolder = (): Promise<never> => this.#refuse('makeFolder');
  readonly upload = (): Promise<never> => this.#refuse('upload');
  readonly download = (): Promise<never> => this.#refuse('download');

  #refuse(what: string): Promise<never> {
    return Promise.reject(unsupported(`files.${what}`, this.#sandboxId));
  }
}

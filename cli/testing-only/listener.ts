import type { Io } from '../command';

/** Keeps what a command says on both of its outputs. */
export function listener(): { readonly io: Io; readonly said: { out: string; err: string } } {
  const said = { out: '', err: '' };
  const io = {
    out: (text: string) => {
      said.out += text;
    },
    err: (text: string) => {
      said.err += text;
    },
  };
  return { io, said };
}

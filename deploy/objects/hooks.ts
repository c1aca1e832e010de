import { groupOf, type KubeObject } from '../../kube';

/** What helm does at a moment of its own is done here at a place in the order: before the workloads, or after all. */
export interface Hook {
  readonly when: 'before' | 'after';
  /** A hook waits for those of less weight. */
  readonly weight: number;
  /** It is part of a first installation alone, or of what comes after it alone. */
  readonly only?: 'install' | 'upgrade';
}

const ANNOTATION = 'helm.sh/hook';

/** Undefined for what is no hook: also for a hook that is no program, such as the account of one, which is there early anyway. */
export function hookOf(object: KubeObject): Hook | undefined {
  const moments = momentsOf(object);
  const isProgram = object.kind === 'Job' && groupOf(object.apiVersion) === 'batch';
  if (!isProgram || isNeverApplied(object) || moments.includes('crd-install') || moments.length === 0) {
    return undefined;
  }
  const weight = Number(object.metadata?.annotations?.['helm.sh/hook-weight'] ?? 0);
  return {
    when: moments.some((one) => one.startsWith('pre-')) ? 'before' : 'after',
    weight: Number.isFinite(weight) ? weight : 0,
    ...onlyAt(moments),
  };
}

/** Hooks of a deletion, a rollback or a test alone: helm itself does not install them with the rest. */
export function isNeverApplied(object: KubeObject): boolean {
  const moments = momentsOf(object);
  return moments.length > 0 && moments.every((one) => /^test|-(delete|rollback)$/.test(one));
}

function onlyAt(moments: readonly string[]): Pick<Hook, 'only'> {
  const has = (what: 'install' | 'upgrade') => moments.some((one) => one.endsWith(`-${what}`));
  if (has('install') === has('upgrade')) return {};
  return { only: has('install') ? 'install' : 'upgrade' };
}

function momentsOf({ metadata }: KubeObject): string[] {
  const text = metadata?.annotations?.[ANNOTATION];
  return typeof text === 'string' ? text.split(',').map((one) => one.trim()) : [];
}

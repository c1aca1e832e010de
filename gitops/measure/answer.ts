import { isRecord } from '../../kube';

/** What a question to Prometheus has come to: one number, or why there is none and what to do. */
export type Answer = { readonly number: number } | Unanswered;

export interface Unanswered {
  readonly found: string;
  readonly remedy: string;
}

/** Whom gates ask. A failure is an answer too: without a number. */
export interface Measures {
  ask(query: string, signal: AbortSignal): Promise<Answer>;
}

const AGGREGATE = 'let the query give one number, such as by sum() or max()';
const NUMBER = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const LONGEST_TOLD = 200;

/** Reads what Prometheus answers to an instant query. Whatever is not one finite number is no answer. */
export function answerIn(statusCode: number, body: string): Answer {
  const said = parsed(body);
  if (statusCode >= 300 && statusCode < 400)
    return forOperator(`a redirect (${statusCode}), which is not followed`);
  if (statusCode === 401 || statusCode === 403)
    return forOperator(`that the controller may not ask (${statusCode})`);
  // Only these speak of the query. What another server says in its error is not told to tenants.
  if (statusCode === 400 || statusCode === 422) {
    const why = typeof said?.error === 'string' ? `: ${printable(said.error)}` : '';
    return { found: `a refusal (${statusCode})${why}`, remedy: 'correct the query' };
  }
  if (statusCode !== 200) return forOperator(`the status ${statusCode}`);
  if (said?.status !== 'success' || !isRecord(said.data))
    return forOperator('an answer that is no JSON of Prometheus');
  const warning = (Array.isArray(said.warnings) ? said.warnings : []).find(isWarning);
  if (warning !== undefined)
    return {
      found: `a warning: ${printable(String(warning))}`,
      remedy: 'mend what it warns of, for a number of a part of the data is none',
    };
  return numberIn(said.data);
}

/** Older ones put advice among the warnings, such as on the name of a metric. */
function isWarning(text: unknown): boolean {
  return !(typeof text === 'string' && text.startsWith('PromQL info:'));
}

export function forOperator(found: string): Unanswered {
  return { found, remedy: 'tell who runs the controller' };
}

function numberIn({ resultType, result }: Readonly<Record<string, unknown>>): Answer {
  if (!Array.isArray(result) || (resultType !== 'scalar' && resultType !== 'vector'))
    return { found: `a ${printable(String(resultType))}`, remedy: AGGREGATE };
  if (resultType === 'scalar') return finite(result[1]);
  if (result.length === 0)
    return {
      found: 'no data',
      remedy: 'let the query give a number also where there is none, such as by `or vector(0)`',
    };
  if (result.length > 1) return { found: `${result.length} series`, remedy: AGGREGATE };
  const [only] = result as readonly unknown[];
  const sample = isRecord(only) && Array.isArray(only.value) ? only.value : [];
  return finite(sample[1]);
}

function finite(value: unknown): Answer {
  // No bound holds for NaN, and a lower bound alone would let a division by nothing pass.
  if (value === 'NaN' || value === '+Inf' || value === '-Inf')
    return {
      found: value,
      remedy:
        'let the query give a number also where it divides by nothing, such as while there are no requests',
    };
  const number = typeof value === 'string' && NUMBER.test(value) ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? { number } : forOperator('a value that is no number');
}

function parsed(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const said: unknown = JSON.parse(body);
    return isRecord(said) ? said : undefined;
  } catch {
    return undefined;
  }
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, LONGEST_TOLD);
}

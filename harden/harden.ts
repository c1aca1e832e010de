import { ApiObject } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { ConstructError } from '../constructs';
import type { Tree } from '../core/template';
import { guardsOf, templateOf } from '../core/tree';
import { underGuard } from '../core/tree/guards';
import { type Addition, addBeside, budgetFor, FreeNames, policyFor } from './additions';
import { checkNamed, checkOptions, checkUsed } from './checks';
import { Exceptions, type Subject } from './exceptions';
import { type Facts, factsOf, nameIn, withDefaults } from './facts';
import { hardenPods } from './harden-pods';
import { renderThrough } from './hook';
import type { HardenOptions } from './options';
import { type Notes, PodEdit, placeOf } from './pod-edit';
import { HardenReport } from './report';
import { settingsFor } from './settings';
import { Surroundings } from './surroundings';
import { type Found, makesPods, type Target, targetsIn } from './targets';
import { copyOf, isMap, type Part } from './trees';

/**
 * Gives every workload below a construct what SecureService gives: Pod Security "restricted", requests and limits, no token,
 * a read-only root, network policies from its Services, disruption budgets. Called last, when all objects are made;
 * whatever is changed on them later is hardened as well.
 *
 * @returns what was changed and what is open; read it, for a program that runs on a guess may fail
 * @throws ConstructError where an exception or an answer names no workload, or an exception excepts nothing
 * @example
 * const report = harden(shop, {
 *   resources: 'small',
 *   workloads: [{ of: 'Deployment/web', writable: ['/var/cache'], allowTo: [Peer.namespace('data')] }],
 *   exceptions: [{ of: 'CronJob/backup', rule: 'token', reason: 'It lists the claims that it copies' }],
 * });
 * console.log(report.text);
 */
export function harden(scope: Construct, options: HardenOptions = {}): HardenReport {
  checkOptions(scope, options);
  const objects = scope.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one));
  const read = objects.map((object) => ({ object, tree: copyOf(templateOf(object)) }));
  const surroundings = new Surroundings(
    read.map(({ object, tree }) => ({ known: withDefaults(object, tree), tree: copyOf(tree) })),
  );
  const run = new Run(options, surroundings, new Exceptions(options.exceptions ?? []));
  const done = read.map(({ object, tree }) => ({ object, found: run.harden(object, tree) }));
  checkNamed(scope, options, run.subjects);
  checkUsed(scope, run.exceptions);
  // Only now, so that a refusal leaves the program as it was.
  for (const { object, found } of done) if (found.targets.length > 0) renderHardened(object, run);
  const report = new HardenReport(
    [...run.notes.changes, ...run.additions()],
    run.notes.findings,
    run.exceptions.all,
  );
  refuseLate(scope, new Set<IConstruct>(objects));
  return report;
}

function renderHardened(object: ApiObject, { options, surroundings, facts }: Run): void {
  renderThrough(object, (tree) => {
    const copy = copyOf(tree);
    new Run(options, surroundings, new Exceptions(options.exceptions ?? []), facts).harden(object, copy);
    return copy;
  });
}

interface Wanted {
  readonly addition: Addition;
  readonly object: ApiObject;
  readonly target: Target;
  readonly subject: Subject;
}

/** One look at all objects: what was changed of each, and what is to be made beside them. */
class Run {
  readonly notes: Notes = { changes: [], findings: [] };
  readonly subjects: Subject[] = [];
  private readonly wanted: Wanted[] = [];

  constructor(
    readonly options: HardenOptions,
    readonly surroundings: Surroundings,
    readonly exceptions: Exceptions,
    readonly facts = new Map<string, Facts>(),
  ) {}

  /** Changes the pods in the tree of an object. */
  harden(object: ApiObject, tree: Tree): Found {
    const found = targetsIn(tree);
    for (const target of found.targets) this.hardenTarget(object, target);
    for (const { object: json, inside, field, why, fix } of found.unreadable) {
      const subject = this.subject(object, json, nameIn(withDefaults(object, json)));
      const at = { spec: {}, object: json, inside, at: [field], kind: 'Pod' } as const;
      new PodEdit(at, subject, this.exceptions, this.notes).find('unreadable', [], why, fix);
    }
    return found;
  }

  private hardenTarget(object: ApiObject, target: Target): void {
    const key = JSON.stringify([object.node.path, ...target.inside]);
    const facts = this.facts.get(key) ?? factsOf(object, target.object, this.surroundings);
    if (!facts) return;
    this.facts.set(key, facts);
    const subject = this.subject(object, target.object, facts.name);
    const settings = settingsFor(subject, this.options);
    const edit = new PodEdit(target, subject, this.exceptions, this.notes);
    hardenPods(edit, facts, settings);
    const additions = [
      policyFor(edit, facts.pods, this.surroundings, settings),
      budgetFor(edit, facts.pods, this.surroundings),
    ];
    for (const addition of additions) if (addition) this.wanted.push({ addition, object, target, subject });
  }

  private subject(construct: ApiObject, { kind }: Part, name: string): Subject {
    const subject = { construct, object: `${kind}/${name}` };
    this.subjects.push(subject);
    return subject;
  }

  /** Makes the objects that are wanted, each under the conditions of its workload. */
  additions() {
    const names = new FreeNames(this.surroundings);
    return this.wanted.map(({ addition, object, target, subject }) => {
      const metadata = isMap(target.object.metadata) ? target.object.metadata : {};
      const own = metadata.name ?? undefined;
      const name =
        typeof own === 'string' ? names.take(addition.kind, { name: own, workload: target.kind }) : own;
      const make = () =>
        addBeside(object, addition, { name, namespace: metadata.namespace, labels: metadata.labels });
      const made = guardsOf(object).reduceRight<typeof make>(
        (inner, guard) => () => underGuard(guard, inner),
        make,
      )();
      const rule = addition.kind === 'NetworkPolicy' ? ('network' as const) : ('budget' as const);
      const place = placeOf(
        {
          construct: made,
          object: `${addition.kind}/${nameIn(withDefaults(object, { metadata: { name } }))}`,
        },
        target.object,
      );
      return { rule, ...place, field: '', to: { for: subject.object } };
    });
  }
}

/** An object that is made after `harden` would go out as it is, while everybody takes the program for hardened. */
function refuseLate(scope: Construct, known: ReadonlySet<IConstruct>): void {
  scope.node.addValidation({
    validate: () => {
      const late = scope.node
        .findAll()
        .filter((one): one is ApiObject => ApiObject.isApiObject(one) && !known.has(one))
        .find(({ apiVersion, kind }) => makesPods(apiVersion, kind));
      if (late) throw lateError(late);
      return [];
    },
  });
}

function lateError(object: ApiObject): ConstructError {
  return new ConstructError('MADE_AFTER_HARDEN', object, object.kind, {
    found: 'a workload that was made after harden was called',
    expected: 'harden as the last call before synthesis',
    remedy: 'Move the call of harden behind everything that makes objects.',
  });
}

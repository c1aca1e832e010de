import type { App, IResolver, ResolutionContext } from 'cdk8s';
import { evaluate, isNode, standInsExist, type Tree, treeOf } from '../template';
import { isOurApp } from './app-settings';
import { refuseAlone, templateIsRead } from './guards';
import { inputsFor } from './inputs';
import { ExpressionResolver, nodeBehind, placeOf } from './stand-ins';

const prepared = new WeakSet<App>();

/**
 * Under a stock App, or cdk8s `Testing`, there is no synthesis of ours that could recognise stand-ins afterwards. So
 * each is replaced on its way into the JSON by what it is for the default values, and users' snapshot tests of plain
 * manifests work as they are.
 */
export function evaluateUnderStockApp(app: App): void {
  if (isOurApp(app) || prepared.has(app)) return;
  prepared.add(app);
  app.resolvers.unshift(new EvaluatingResolver());
}

class EvaluatingResolver implements IResolver {
  private readonly forTemplates = new ExpressionResolver();

  resolve(context: ResolutionContext): void {
    if (templateIsRead()) {
      this.forTemplates.resolve(context);
      return;
    }
    const tree = nodeBehind(context.value) ?? standIn(context);
    if (tree === undefined) return;
    refuseAlone(context.obj);
    context.replaceValue(evaluate(tree, inputsFor(context.obj)));
  }
}

function standIn({ value, obj, key }: ResolutionContext): Tree {
  if (!standInsExist() || (typeof value !== 'string' && typeof value !== 'number')) return undefined;
  const tree = treeOf(value, `${placeOf(obj)} ${key.join('.')}`);
  return isNode(tree) ? tree : undefined;
}

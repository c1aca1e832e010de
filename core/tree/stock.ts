import type { App, IResolver, ResolutionContext } from 'cdk8s';
import { evaluate, isNode, standInsExist, type Tree, treeOf } from '../template';
import { isOurApp } from './app-settings';
import { refuseAlone, templateIsRead } from './guards';
import { HAS_INPUTS, inputsFor } from './inputs';
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
  app.node.addValidation({ validate: () => saysThatNoChartIsWritten(app) });
}

/** Only `synth` asks for validations: a test that looks at objects wants no chart. */
function saysThatNoChartIsWritten(app: App): string[] {
  const charts = app.node.findAll().filter((construct) => HAS_INPUTS in construct);
  const paths = charts.map(({ node }) => node.path).join(', ');
  process.emitWarning(
    `${paths}: plain YAML is written, and no Helm chart, because the App is the one of cdk8s. Import App from cdk8s-drydock.`,
    { type: 'DrydockWarning', code: 'STOCK_APP' },
  );
  return [];
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

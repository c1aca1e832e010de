import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as cdk8s from 'cdk8s';
import ts from 'typescript';

const DOCS = path.join(path.dirname(require.resolve('cdk8s-plus-28/package.json')), 'docs', 'plus');

/** An example in the documentation that cdk8s-plus carries, and the App that it makes. */
export interface PlusExample {
  readonly name: string;
  readonly app: cdk8s.App;
}

/** Programs of the documentation that do not run as they are printed, and what cdk8s-plus says of them. */
const BROKEN: Readonly<Record<string, RegExp>> = {
  // It reads a folder of files that the package does not carry.
  'config-map.md 3': /__dirname is not defined/,
  'service-account.md 1': /Only root constructs may have an empty ID/,
  'service.md 1': /LabelSelector.equals is not a function/,
};

/** The examples that are whole programs, each run up to the synthesis. */
export function plusExamples(): PlusExample[] {
  return readdirSync(DOCS).flatMap((page) => {
    const text = readFileSync(path.join(DOCS, page), 'utf8');
    const blocks = [...text.matchAll(/^```typescript\n([\s\S]*?)^```/gm)].map(([, code]) => code as string);
    return blocks
      .filter((code) => code.includes("from 'cdk8s'") && /new (?:k\.)?App\(/.test(code))
      .flatMap((code, index) => {
        const name = `${page} ${index + 1}`;
        if (!BROKEN[name]) return { name, app: appOf(code) };
        expect(() => appOf(code)).toThrow(BROKEN[name]);
        return [];
      });
  });
}

/** Runs a program with an App that keeps what is built instead of writing it. */
function appOf(code: string): cdk8s.App {
  const apps: cdk8s.App[] = [];
  class KeptApp extends cdk8s.App {
    constructor(props?: cdk8s.AppProps) {
      super(props);
      apps.push(this);
    }
    override synth(): void {}
  }
  const modules: Readonly<Record<string, unknown>> = { cdk8s: { ...cdk8s, App: KeptApp } };
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  });
  const requireFrom = (name: string): unknown => modules[name] ?? jest.requireActual(name);
  new Function('require', 'exports', outputText)(requireFrom, {});
  const [app] = apps;
  if (!app) throw new Error(`the program makes no App: ${code}`);
  return app;
}

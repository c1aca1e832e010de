import { type TestCluster, type TestNamespace, withNamespace } from '../../cluster';

/** A namespace that several tests share. */
export interface LastingNamespace {
  readonly namespace: TestNamespace;
  /** Reports its state where a test failed, and deletes it. */
  end(failed: boolean): Promise<void>;
}

const REPORTED = 'a test failed in this namespace';

/** A namespace that is there until it is ended, for tests that share one installation. */
export function lastingNamespace(cluster: TestCluster): Promise<LastingNamespace> {
  return new Promise((resolve, reject) => {
    let finish: (failed: boolean) => void = () => {};
    const finished = new Promise<boolean>((done) => {
      finish = done;
    });
    const whole = withNamespace(cluster, async (namespace) => {
      resolve({
        namespace,
        end: async (failed) => {
          finish(failed);
          await whole.catch((error: unknown) => {
            if (!(error instanceof Error && error.message === REPORTED)) throw error;
          });
        },
      });
      if (await finished) throw new Error(REPORTED);
    });
    whole.catch(reject);
  });
}

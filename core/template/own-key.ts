/** Sets a key of an object, also the key `__proto__`, which an assignment would swallow. */
export function setOwnKey<T>(target: Record<string, T>, key: string, value: NoInfer<T>): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

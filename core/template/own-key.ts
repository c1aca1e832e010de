/** Sets a key of an object, also the key `__proto__`, which an assignment would swallow. */
export function setOwnKey<T>(target: Record<string, T>, key: string, value: NoInfer<T>): void {
  // Defining costs ten times what assigning does, and every key of every object comes through here.
  if (Object.hasOwn(Object.prototype, key))
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

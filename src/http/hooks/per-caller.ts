import type { Caller } from '../../identity/caller.ts';

/** Made once for each caller, who is one object for as long as their token is remembered. */
export function perCaller<Value>(make: (caller: Caller) => Value): (caller: Caller) => Value {
  const made = new WeakMap<Caller, Value>();
  return (caller) => {
    let value = made.get(caller);
    if (value === undefined) {
      value = make(caller);
      made.set(caller, value);
    }
    return value;
  };
}

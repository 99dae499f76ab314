import type { Clock } from '../clock.ts';
import type { TokenFault } from '../refusal.ts';
import { classifyAddress } from './address-class.ts';

interface Log {
  warn(fields: object, message: string): void;
}

/** So many lines for each reason in a window are written; the rest is counted and told in one. */
export const refusalLogPolicy = { windowMs: 10_000, linesPerReason: 100 } as const;

/**
 * The abuse log: a line for each refused token with the reason, the name of the claim that failed,
 * the key id and the class of the address; never the token, a claim's value or the address itself. A flood must not fill the log: what
 * is beyond the policy's bound is told as one `tokens refused` line at the end of the window.
 */
export function createRefusalLog({ log, clock }: { log: Log; clock: Clock }) {
  const windows = new Map<TokenFault['reason'], { written: number; suppressed: number }>();
  const cancels = new Set<() => void>();

  function openWindow(reason: TokenFault['reason']) {
    const window = { written: 0, suppressed: 0 };
    windows.set(reason, window);
    const cancel = clock.after(refusalLogPolicy.windowMs, () => {
      cancels.delete(cancel);
      closeWindow(reason);
    });
    cancels.add(cancel);
    return window;
  }

  function closeWindow(reason: TokenFault['reason']): void {
    const suppressed = windows.get(reason)?.suppressed ?? 0;
    windows.delete(reason);
    if (suppressed === 0) return;
    log.warn({ reason, suppressed, windowMs: refusalLogPolicy.windowMs }, 'tokens refused');
  }

  return {
    /** `requestLog` binds the request's id. */
    note({ reason, claim, keyId }: TokenFault, address: string, requestLog: Log = log): void {
      const window = windows.get(reason) ?? openWindow(reason);
      if (window.written >= refusalLogPolicy.linesPerReason) {
        window.suppressed++;
        return;
      }
      window.written++;
      requestLog.warn(
        { reason, claim, ...pickKeyId(keyId), ...classifyAddress(address) },
        'token refused',
      );
    },

    close(): void {
      for (const cancel of cancels) cancel();
      for (const reason of [...windows.keys()]) closeWindow(reason);
    },
  };
}

/** The sender chose it: only what could be one of Cognito's (base64 of 32 bytes) is repeated. */
function pickKeyId(keyId: string | undefined) {
  return keyId !== undefined && /^[\w+/=-]{1,64}$/.test(keyId) ? { keyId } : {};
}

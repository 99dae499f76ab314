import { useTexts } from './context.ts';
import type { Texts } from './texts/en.ts';

/** What came of the last action, in whatever language the page has when it is shown. */
export interface Said {
  readonly say: (texts: Texts) => string;
  readonly failed?: boolean;
}

/** Read out when it appears. */
export function Message({ said }: { said: Said | undefined }) {
  const { texts } = useTexts();
  return (
    <p role={said?.failed ? 'alert' : 'status'} className={said?.failed ? 'up-fault' : 'up-done'}>
      {said?.say(texts)}
    </p>
  );
}

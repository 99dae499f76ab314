import { useId, useState } from 'react';
import type { Profile, ProfileSchema } from 'user-profile-client';
import { useAuthStore, useTexts } from './context.ts';
import { describeError } from './describe-error.ts';
import { Facts, listTold } from './facts.tsx';
import { hasPublicFields, listPublic } from './fields.ts';
import { Message, type Said } from './message.tsx';
import { usePerson } from './use-person.ts';

interface PublicProfileProps {
  readonly profile: Profile;
  readonly schema: ProfileSchema;
}

/** What others see, from where they get it, and whether they do. Nothing where no field is public. */
export function PublicProfile(props: PublicProfileProps) {
  return hasPublicFields(props.schema) ? <Shown {...props} /> : null;
}

function Shown({ profile, schema }: PublicProfileProps) {
  const store = useAuthStore();
  const { texts } = useTexts();
  const [said, setSaid] = useState<Said>();
  const seen = usePerson(profile.userId, profile.version);
  const titleId = useId();
  const hintId = useId();
  const isListed = ((profile as { listed?: unknown }).listed ?? true) === true;
  const fields = listPublic(schema);

  async function choose(listed: boolean): Promise<void> {
    setSaid(undefined);
    try {
      await store.update({ listed } as object);
      setSaid({ say: (texts) => texts.saved });
    } catch (error) {
      setSaid({ say: (texts) => texts.notSaved(describeError(error, texts)), failed: true });
    }
  }

  return (
    <section className="up-card" aria-labelledby={titleId}>
      <h2 id={titleId}>{texts.othersSee}</h2>
      <label className="up-choice">
        <input
          type="checkbox"
          name="listed"
          checked={isListed}
          aria-describedby={hintId}
          onChange={(event) => void choose(event.target.checked)}
        />
        <span>{texts.listed}</span>
      </label>
      <p id={hintId} className="up-hint">
        {isListed ? texts.listedHint : texts.hiddenHint}
      </p>
      {isListed && seen.status === 'found' && listTold(fields, seen.person).length > 0 && (
        <Facts fields={fields} values={seen.person} />
      )}
      {isListed && seen.status === 'found' && listTold(fields, seen.person).length === 0 && (
        <p>{texts.nothingToSee}</p>
      )}
      {seen.status === 'failed' && <p className="up-fault">{describeError(seen.error, texts)}</p>}
      <Message said={said} />
    </section>
  );
}

import { useId } from 'react';
import type { Profile, ProfileSchema } from 'user-profile-client';
import { useTexts } from './context.ts';
import { Facts, listTold } from './facts.tsx';
import { layOut } from './fields.ts';

interface ShownFieldsProps {
  readonly profile: Profile;
  readonly schema: ProfileSchema;
}

/** What the person sees and others write. Nothing where they have written nothing. */
export function ShownFields({ profile, schema }: ShownFieldsProps) {
  const { texts } = useTexts();
  const titleId = useId();
  const { shown } = layOut(schema);
  if (listTold(shown, profile).length === 0) return null;
  return (
    <section className="up-card" aria-labelledby={titleId}>
      <h2 id={titleId}>{texts.setByOthers}</h2>
      <Facts fields={shown} values={profile} />
    </section>
  );
}

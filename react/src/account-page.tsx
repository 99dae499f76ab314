import { useEffect } from 'react';
import type { Profile, ProfileSchema } from 'user-profile-client';
import { AccountDetails } from './account-details.tsx';
import { useAuth, useAuthStore, useTexts, useTheme } from './context.ts';
import { Identity } from './identity.tsx';
import { type Preference, pagePreferences } from './preference-list.ts';
import { Preferences } from './preferences.tsx';
import { PublicProfile } from './public-profile.tsx';
import { ShownFields } from './shown-fields.tsx';
import { useKeptFocus } from './use-kept-focus.ts';
import { Welcome } from './welcome.tsx';
import { YourData } from './your-data.tsx';

interface AccountPageProps {
  readonly preferences?: readonly Preference[];
}

/** All the parts, as one page: sign-in, who it is, their details, their choices, their data. */
export function AccountPage({ preferences = pagePreferences }: AccountPageProps) {
  const auth = useAuth();
  const { speak } = useAuthStore();
  const { texts, language, locale } = useTexts();
  const theme = useTheme();
  const keptFocus = useKeptFocus<HTMLDivElement>(auth.status);
  useEffect(() => void speak(locale), [speak, locale]);
  return (
    <div
      {...keptFocus}
      className="user-profile"
      lang={language}
      dir={texts.direction}
      data-theme={theme}
    >
      {auth.status === 'signed-in' ? (
        // Another person's page is another page: nothing that was typed stays.
        <SignedIn
          key={auth.profile.userId}
          profile={auth.profile}
          schema={auth.schema}
          preferences={preferences}
        />
      ) : (
        <Welcome auth={auth} />
      )}
    </div>
  );
}

interface SignedInProps extends Required<AccountPageProps> {
  readonly profile: Profile;
  readonly schema: ProfileSchema;
}

function SignedIn({ preferences, ...person }: SignedInProps) {
  const { texts } = useTexts();
  return (
    <div className="up-page">
      <Identity {...person} />
      <main>
        <h1 tabIndex={-1}>{texts.title}</h1>
        <AccountDetails {...person} />
        <PublicProfile {...person} />
        <ShownFields {...person} />
        <Preferences {...person} preferences={preferences} />
        <YourData />
      </main>
    </div>
  );
}

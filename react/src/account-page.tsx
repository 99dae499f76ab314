import { AccountDetails } from './account-details.tsx';
import { useAuth, useTexts, useTheme } from './context.ts';
import type { ProfileField } from './fields.ts';
import { Identity } from './identity.tsx';
import type { Preference } from './preference-list.ts';
import { Preferences } from './preferences.tsx';
import { Welcome } from './welcome.tsx';
import { YourData } from './your-data.tsx';

interface AccountPageProps {
  readonly fields?: readonly ProfileField[];
  readonly preferences?: readonly Preference[];
}

/** All the parts, as one page: sign-in, who it is, their details, their choices, their data. */
export function AccountPage({ fields, preferences }: AccountPageProps) {
  const auth = useAuth();
  const { texts, language } = useTexts();
  const theme = useTheme();
  return (
    <div className="user-profile" lang={language} data-theme={theme}>
      {auth.status === 'signed-in' ? (
        // Another person's page is another page: nothing that was typed stays.
        <div className="up-page" key={auth.profile.userId}>
          <Identity profile={auth.profile} />
          <main>
            <h1>{texts.title}</h1>
            <AccountDetails profile={auth.profile} {...(fields && { fields })} />
            <Preferences profile={auth.profile} {...(preferences && { preferences })} />
            <YourData />
          </main>
        </div>
      ) : (
        <Welcome auth={auth} />
      )}
    </div>
  );
}

import { useEffect } from 'react';
import { AccountPage, useTexts, useTheme } from 'user-profile-react';

/** The account page, with the whole document in the person's language and theme. */
export function App() {
  const { texts, language } = useTexts();
  const theme = useTheme();
  useEffect(() => {
    document.title = texts.title;
    document.documentElement.lang = language;
    document.documentElement.dir = texts.direction ?? '';
    document.documentElement.dataset.theme = theme ?? '';
  }, [texts, language, theme]);
  return <AccountPage />;
}

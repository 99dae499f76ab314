import t from 'tap';
import { webClientId } from '../../local-cognito/app-clients.ts';
import { startPool } from './start-pool.ts';

const asked = {
  client_id: webClientId,
  response_type: 'code',
  redirect_uri: 'http://localhost:5173/',
  state: 'from-here',
};
const person = {
  username: 'new@example.com',
  password: 'Correct-horse-2',
  given_name: 'New',
  family_name: 'Comer',
};

t.test('somebody signs up, confirms the address, and is signed in', async (t) => {
  const { url, codes } = await startPool(t);
  const post = async (path: string, form: Record<string, string>) => {
    const body = new URLSearchParams({ ...asked, ...form });
    const response = await fetch(`${url}${path}`, { method: 'POST', body, redirect: 'manual' });
    return { location: response.headers.get('location') ?? '', text: await response.text() };
  };
  const page = await fetch(`${url}/signup?${new URLSearchParams(asked)}`);
  t.match(await page.text(), 'Create an account');
  t.match((await post('/signup', person)).text, 'Confirm your e-mail');

  const { username, password } = person;
  t.match((await post('/oauth2/authorize', { username, password })).text, 'Incorrect username');
  t.match((await post('/confirm', { username, code: 'wrong' })).text, 'role="alert"');
  const { location } = await post('/confirm', { username, code: codes.get(username) ?? '' });
  t.match(location, /^http:\/\/localhost:5173\/\?code=.+&state=from-here$/);
  const again = await post('/oauth2/authorize', { username, password });
  t.match(again.location, /code=/, 'from now on with the password');
  t.match((await post('/signup', person)).text, 'role="alert"', 'one account for each address');
});

t.test("what somebody typed can't become part of the page", async (t) => {
  const { url } = await startPool(t);
  const username = '"><script>alert(1)</script>@example.com';
  const body = new URLSearchParams({ ...asked, ...person, username });
  const text = await (await fetch(`${url}/signup`, { method: 'POST', body })).text();
  t.notMatch(text, '<script>');
});

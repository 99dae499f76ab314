import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import ts from 'typescript';
import { compile, strict } from '../client/compile.ts';
import { installPackages } from '../helper/install-packages.ts';

const run = promisify(execFile);

t.test('the packed components compile, render on a server, and bring what they name', async (t) => {
  const folder = await installPackages(t, 'client', 'react');
  const kinds = [
    { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
    { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
    { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
  ];
  for (const kind of kinds) {
    const options = { ...strict, ...kind, jsx: ts.JsxEmit.ReactJSX };
    const told = compile(
      { [join(folder, 'consumer.tsx')]: consumer },
      { ...options, noUncheckedSideEffectImports: true },
    );
    t.equal(told, '', ts.ModuleKind[kind.module]);
  }

  writeFileSync(join(folder, 'server.mjs'), server);
  const { stdout } = await run(process.execPath, [join(folder, 'server.mjs')]);
  t.match(stdout, 'Loading your account');

  const installed = join(folder, 'node_modules/user-profile-react');
  const files = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(installed, join(entry.parentPath, entry.name)));
  const folders = new Set(files.map((file) => file.split('/')[0]));
  t.same(
    [...folders].sort(),
    ['README.md', 'dist', 'package.json', 'src', 'styles.css', 'styles.d.ts'],
    'and nothing else',
  );
  const missing = files
    .filter((file) => file.endsWith('.map'))
    .flatMap((file) => {
      const map = JSON.parse(readFileSync(join(installed, file), 'utf8')) as { sources: string[] };
      return map.sources.map((source) => join(installed, dirname(file), source));
    })
    .filter((source) => !existsSync(source));
  t.same(missing, [], 'the maps name sources that are there');
});

const consumer = `
import { type ContractOf, createProfileClient } from 'user-profile-client';
import {
  AccountPage, type AuthStore, createAuthStore, createOidcSession, en, ProfileProvider, useAuth,
  useAuthStore,
} from 'user-profile-react';
import 'user-profile-react/styles.css';

const session = createOidcSession({ issuer: 'https://issuer.example', clientId: 'a-client' });
const profiles = createProfileClient({ baseUrl: 'https://x.example', token: session.token });
const store = createAuthStore({ session, profiles });
export function Page() {
  const { status } = useAuth();
  return (
    <ProfileProvider store={store} texts={{ en: { ...en, title: status } }}>
      <AccountPage />
    </ProfileProvider>
  );
}

interface Fields { readonly nickname?: string; readonly level?: number }
type Typed = ContractOf<{ fields: Fields; own: 'nickname'; service: 'level'; lookup: never }>;
const typed = createProfileClient<Typed>({ baseUrl: 'https://x.example', token: session.token });
export const own: AuthStore<Typed> = createAuthStore({ session, profiles: typed });
export function OwnPage() {
  const auth = useAuth<Typed>();
  const { update } = useAuthStore<Typed>();
  void update(({ level = 0 }) => ({ nickname: level.toFixed() }));
  // @ts-expect-error
  void update({ level: 1 });
  const name: string | undefined = auth.status === 'signed-in' ? auth.profile.nickname : '';
  return (
    <ProfileProvider store={own}>
      <ProfileProvider store={store}>{name}</ProfileProvider>
    </ProfileProvider>
  );
}
`;

const server = `
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { createProfileClient } from 'user-profile-client';
import { AccountPage, createAuthStore, createOidcSession, ProfileProvider } from 'user-profile-react';

const session = createOidcSession({ issuer: 'https://issuer.example', clientId: 'a-client' });
const profiles = createProfileClient({ baseUrl: 'https://x.example', token: session.token });
const store = createAuthStore({ session, profiles });
console.log(renderToString(createElement(ProfileProvider, { store }, createElement(AccountPage))));
`;

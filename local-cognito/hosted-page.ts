import { type SignInRequest, toParameters } from './sign-in-request.ts';

interface Field {
  name: string;
  label: string;
  type: string;
  autocomplete: string;
}

export interface HostedPage {
  title: string;
  /** Said above the form. */
  lead?: string;
  fault: string;
  action: string;
  /** Handed on from page to page. */
  asked: SignInRequest;
  hidden?: Record<string, string>;
  fields: Field[];
  submit: string;
  /** HTML below the button, inside the form. */
  after?: string;
}

/** One form, as a Cognito domain serves them, plain and of this machine alone. */
export function renderHostedPage(page: HostedPage): string {
  const { title, lead, fault, action, asked, hidden, fields, submit, after = '' } = page;
  const inputs = Object.entries({ ...toParameters(asked), ...hidden }).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  );
  const labels = fields.map(
    ({ name, label, type, autocomplete }) =>
      `<label>${label}<input name="${name}" type="${type}" autocomplete="${autocomplete}" required></label>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · local pool</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${lead ? `<p>${escapeHtml(lead)}</p>` : ''}
${fault ? `<p role="alert">${escapeHtml(fault)}</p>` : ''}
<form method="post" action="${action}">
${[...inputs, ...labels].join('\n')}
<button class="primary">${submit}</button>
${after}
</form>
<p class="small">The local user pool: for development, on this machine only.</p>
</main>
</body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 0; background: light-dark(#f4f5f7, #0f1115); color: light-dark(#15181e, #eef0f4) }
main { max-width: 22rem; margin: min(12vh, 6rem) auto 0; padding: 2rem; border-radius: .875rem;
  background: light-dark(#fff, #191c22); border: 1px solid light-dark(#dcdfe5, #2f343e) }
h1 { margin: 0 0 1rem; font-size: 1.5rem }
form, label { display: grid; gap: .375rem }
form { gap: 1rem }
label { font-weight: 550 }
input, button { box-sizing: border-box; font: inherit; min-height: 2.75rem; padding: .5rem .75rem; border-radius: .5rem;
  border: 1px solid light-dark(#868d9a, #737b8a); background: transparent; color: inherit }
button { font-weight: 550; cursor: pointer }
.primary { background: light-dark(#4338ca, #a5a6ff); color: light-dark(#fff, #14122e); border-color: transparent }
a { color: light-dark(#4338ca, #a5a6ff) }
p { margin: 0 0 1rem }
form p { margin: 0 }
.or, .small { color: light-dark(#565d6b, #a5adbb); text-align: center }
.small { margin: 1.5rem 0 0; font-size: .875rem }
[role=alert] { color: light-dark(#b3202c, #ff9a9f) }
:focus-visible { outline: 3px solid light-dark(#4338ca, #a5a6ff); outline-offset: 2px }
@media (width < 26rem) { main { margin: 0; min-height: 100vh; border: 0; border-radius: 0 } }
`;

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

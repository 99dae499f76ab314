import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FastifyPluginAsync } from 'fastify';
import { files } from '../../files.ts';
import { createAsset } from '../asset.ts';
import type { ContractForm, ContractSubject } from '../contract/contract-text.ts';
import { sampleService } from '../contract/sample-service.ts';
import { writeContract } from '../contract/write-contract.ts';
import { readPageHeaders } from '../hooks/security-headers.ts';

const configuration = {
  withDefaultFonts: false,
  hideClientButton: true,
  telemetry: false,
  // Both would talk to the maker of the page.
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: 'never',
  defaultOpenAllTags: true,
  // Every operation brings its samples; generated ones in twenty languages would hide them.
  hiddenClients: true,
  authentication: { preferredSecurityScheme: 'person' },
};

/** The samples of the contract are for a service on one's own machine: here they are for this one. */
const start = `
fetch('/openapi.json')
  .then((answer) => answer.text())
  .then((contract) =>
    Scalar.createApiReference('#reference', {
      ...${JSON.stringify(configuration)},
      content: contract.replaceAll('${sampleService}', location.origin),
    }),
  );`;

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>user-profile-service</title>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <div id="reference">
      <p>The API reference needs JavaScript. The contract itself is
        <a href="/openapi.yaml">openapi.yaml</a> and <a href="/openapi.json">openapi.json</a>.</p>
    </div>
    <script src="/docs/reference.js"></script>
    <script>${start}</script>
  </body>
</html>
`;

/** The page runs its two scripts and no other, and talks to nobody but this service. */
const pagePolicy = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${createHash('sha256').update(start).digest('base64')}'`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: https:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');

const hidden = { schema: { hide: true } as object };

/** The contract of this service's fields, and a page to read it on. Nothing is loaded before it is asked for. */
export const reference: FastifyPluginAsync<ContractSubject> = async (app, subject) => {
  const write = (form: ContractForm) => () => writeContract(subject, form);

  const headers = { ...readPageHeaders(), 'content-security-policy': pagePolicy };
  app.addHook('onSend', async (_request, reply) => {
    reply.headers(headers);
  });
  app.get('/openapi.yaml', hidden, createAsset('application/yaml; charset=utf-8', write('yaml')));
  app.get('/openapi.json', hidden, createAsset('application/json; charset=utf-8', write('json')));
  app.get('/', hidden, async (_request, reply) => reply.redirect('/docs'));
  app.get('/docs', hidden, async (_request, reply) => {
    reply.type('text/html; charset=utf-8');
    return page;
  });
  app.get(
    '/docs/reference.js',
    hidden,
    createAsset('text/javascript; charset=utf-8', () => readFile(files.referenceScript())),
  );
};

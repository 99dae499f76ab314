import { readFile } from 'node:fs/promises';
import t from 'tap';
import { parse } from 'yaml';
import { addPeople } from '../../src/http/contract/add-people.ts';
import { fillFields } from '../../src/http/contract/fill-fields.ts';
import { compileSchema } from '../../src/schema/profile-schema.ts';
import { readSchemaFile } from '../../src/schema/read-schema.ts';
import { describeApi } from '../../tools/describe-api.ts';
import { createRandom } from '../helper/random.ts';
import { createSchemaFile } from '../schema/random-schema.ts';

const read = async (name: string) =>
  parse(await readFile(new URL(`../../${name}`, import.meta.url), 'utf8'));
const document = await read('openapi.yaml');
const people = await read('openapi.people.yaml');

t.test(
  'a service with other fields tells of those, as its routes do, of a dozen files',
  async (t) => {
    // The first two are in the fast tier: http/openapi.
    for (let seed = 2; seed < 12; seed++) {
      const file = { type: 'object', ...createSchemaFile(createRandom(seed)) };
      const schema = compileSchema(readSchemaFile(file));
      const isPublic = schema.publicFields.length > 0;
      const whole = isPublic ? addPeople(document, people, schema) : document;
      const filled = JSON.parse(JSON.stringify(fillFields(whole, schema)));
      t.strictSame(filled, parse(await describeApi(schema)), `seed ${seed}`);
    }
  },
);
